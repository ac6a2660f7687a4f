"""What campaigns say."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from messaging.kinds import Field, MessageKind, register
from messaging.models import Priority
from reminders import campaign_judging, facts
from reminders.kinds.shared import YES_OR_NO, words

OF_CAMPAIGNS = {
    "gone": _("The person has died, or the record was merged"),
    "no_consent": _("The person has not agreed to this, or not any more"),
    "booked": _("The person has a booking to come"),
    "changed": _("The person does not fit any more"),
    "paused": _("The campaign was paused"),
    "over": _("The campaign was ended"),
}
SAID = Field("text", _("words of the campaign"), "it is time for your yearly check-up.", "您该做年度检查了。")
RECALL = register(
    MessageKind(
        code="recall",
        label=pgettext_lazy("message", "Campaign: asks to come"),
        priority=Priority.CAMPAIGN,
        fields=(facts.HOSPITAL, facts.NAME, SAID, facts.PHONE),
        texts=words(
            "【{hospital}】{name}您好，{text}回复1我们致电为您预约，回复2不需要，拒收请回复R。",
            "{hospital}: {name}, {text} Reply 1 and we call you to book, 2 if you do not need it, "
            "STOP for no more messages.",
            zh_subject="{hospital}提醒您复诊",
            en_subject="A reminder from {hospital}",
            zh_mail="【{hospital}】{name}您好，{text}预约请致电{phone}。",
            en_mail="{hospital}: {name}, {text} To book, call {phone}.",
        ),
        judge=campaign_judging.judge,
        choices=YES_OR_NO,
        reasons=OF_CAMPAIGNS,
    )
)
INFORMATION = register(
    MessageKind(
        code="information",
        label=pgettext_lazy("message", "Campaign: informs"),
        priority=Priority.CAMPAIGN,
        fields=(facts.HOSPITAL, facts.NAME, SAID, facts.PHONE),
        texts=words(
            "【{hospital}】{name}您好，{text}拒收请回复R。",
            "{hospital}: {name}, {text} Reply STOP for no more messages.",
            zh_subject="{hospital}通知",
            en_subject="News from {hospital}",
            zh_mail="【{hospital}】{name}您好，{text}",
            en_mail="{hospital}: {name}, {text}",
        ),
        judge=campaign_judging.judge,
        reasons=OF_CAMPAIGNS,
    )
)
