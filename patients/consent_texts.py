"""The words to which people agree on the portal, by purpose and language, with their version.

A change of meaning is a new version: who agreed to an older one is asked again.
"""

from dataclasses import dataclass

from patients.models import Language, Purpose


@dataclass(frozen=True)
class Words:
    """version: of all languages of one purpose."""

    version: str
    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """As the person reads it."""
        return self.zh if language == Language.CHINESE else self.en


FOR_A_CHILD = Words(
    "1", "作为监护人，我代孩子同意以下内容。", "As the guardian of this child I agree for them to the following."
)
TEXTS = {
    Purpose.PORTAL: Words(
        "1",
        "我同意医院为在线预约处理我的姓名、出生日期、证件号码、手机号和预约记录。健康信息属于敏感个人信息，仅用于预约、"
        "就诊和通知。我可以随时撤回；不同意也可以通过电话或窗口预约。",
        "I agree that the hospital processes my name, birth date, document number, phone and bookings for booking "
        "online. Health data are sensitive: they are used only for booking, visits and notices. I can withdraw at "
        "any time; without my agreement I can still book by phone or at the desk.",
    ),
    Purpose.REMINDERS: Words(
        "1",
        "我同意医院通过短信、微信或电话提醒我预约的就诊时间。",
        "I agree that the hospital reminds me of my visits by text message, WeChat or phone.",
    ),
    Purpose.MARKETING: Words(
        "1",
        "我同意医院向我发送健康讲座、体检和疫苗接种等信息。",
        "I agree that the hospital sends me news of health talks, check-ups and vaccinations.",
    ),
    Purpose.RESEARCH: Words(
        "1",
        "我同意医院在去除姓名和证件号码后，将我的就诊数据用于医学研究。",
        "I agree that the hospital uses data of my visits for medical research, without my name and document numbers.",
    ),
    Purpose.SHARING: Words(
        "1",
        "我同意医院在转诊时将我的预约信息提供给接收的医疗机构。",
        "I agree that the hospital passes my bookings to the institution to which I am referred.",
    ),
}
