"""A clinic does not take place."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from messaging.kinds import Field, MessageKind, register
from messaging.models import Priority
from reminders import facts, judging
from reminders.judging import VisitJudge
from reminders.kinds.shared import REASONS, UNTIL, YES_OR_NO, examples, words

OTHER = Field("other", _("day and time of the kept place"), "Wed 2 Dec 10:00", "12月2日 周三 10:00")
STOPPED = register(
    MessageKind(
        code="stopped",
        label=pgettext_lazy("message", "Clinic stopped"),
        priority=Priority.STOPPAGE,
        fields=facts.VISIT,
        texts=words(
            "【{hospital}】停诊通知：{name}您好，{when} {doctor}因故停诊，您的预约已取消。改约请致电{phone}。",
            "{hospital}: {name}, the clinic of {doctor} on {when} will not take place, so your visit is cancelled. "
            "For another time, call {phone}.",
            zh_subject="停诊通知：{when}",
            en_subject="Your visit on {when} cannot take place",
        ),
        judge=VisitJudge(judging.is_cancelled, with_calendar=True),
        reasons=REASONS,
        examples=examples,
    )
)
STOPPED_KEPT = register(
    MessageKind(
        code="stopped_kept",
        label=pgettext_lazy("message", "Clinic stopped, another place kept"),
        priority=Priority.STOPPAGE,
        fields=(*facts.VISIT, OTHER, UNTIL),
        texts=words(
            "【{hospital}】停诊通知：{name}您好，{when} {doctor}因故停诊。已为您保留{other}的号源至{until}，"
            "回复1接受，回复2不需要。",
            "{hospital}: {name}, the clinic of {doctor} on {when} will not take place. "
            "We keep {other} for you until {until}. Reply 1 to take it, 2 if you do not need it.",
            zh_subject="停诊通知：{when}",
            en_subject="Your visit on {when} cannot take place",
            zh_mail="【{hospital}】停诊通知：{name}您好，{when} {doctor}因故停诊。已为您保留{other}的号源至{until}，"
            "请点击答复：{link}",
            en_mail="{hospital}: {name}, the clinic of {doctor} on {when} will not take place. "
            "We keep {other} for you until {until}. Please tell us whether you want it: {link}",
        ),
        judge=VisitJudge(judging.is_cancelled_and_kept, with_link=True, more=judging.kept_place),
        choices=YES_OR_NO,
        reasons=REASONS,
        examples=examples,
    )
)
