"""The one thing that messaging itself has to say: a code, to a phone that may belong to nobody whom we know."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from messaging.kinds import Field, MessageKind, Verdict, register
from messaging.models import Delivery, Medium, Priority, Reason


def never(deliveries: Iterable[Delivery], at: Any) -> dict[int, Verdict]:
    """A code is said by `services.code_messages` only: a delivery would keep its words for ever."""
    return {delivery.pk: Verdict(stop=Reason.TOO_LATE) for delivery in deliveries}


CODE = register(
    MessageKind(
        code="code",
        label=pgettext_lazy("message", "Code to sign in"),
        priority=Priority.CODE,
        fields=(
            Field("hospital", _("hospital"), "Riverside Hospital", "江滨医院"),
            Field("code", _("the code; in a call its digits one by one"), "482915", "482915"),
            Field("minutes", _("for how many minutes it is valid"), "10", "10"),
        ),
        texts={
            ("zh-hans", ""): (
                "验证码",
                "【{hospital}】验证码：{code}，{minutes}分钟内有效。请勿告诉任何人，我院工作人员不会向您索取。",
            ),
            ("en", ""): (
                "Your code",
                "{hospital}: your code is {code}, valid for {minutes} minutes. Tell nobody: our staff never ask.",
            ),
            ("zh-hans", Medium.VOICE.value): (
                "",
                "{hospital}来电。您的验证码是：{code}。再说一遍：{code}。{minutes}分钟内有效。"
                "请勿告诉任何人，我院工作人员不会向您索取。",
            ),
            ("en", Medium.VOICE.value): (
                "",
                "{hospital} calling. Your code is: {code}. Once more: {code}. It is valid for {minutes} minutes. "
                "Tell nobody: our staff never ask.",
            ),
        },
        judge=never,
    )
)
SPOKEN_APART = {"zh-hans": "，", "en": ", "}  # between the digits, or a voice says four hundred and eighty thousand


def spoken(code: str, language: str) -> str:
    """The digits one by one, with a pause between them."""
    return SPOKEN_APART.get(language, ", ").join(code)
