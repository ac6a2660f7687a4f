"""A visit is to come, or was missed."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from messaging.kinds import Choice, MessageKind, register
from messaging.models import Priority
from reminders import facts, judging
from reminders.judging import VisitJudge
from reminders.kinds.shared import REASONS, YES_OR_NO, examples, words

CONFIRM, CANCEL, MOVE = "confirm", "cancel", "move"
ANSWERS = (
    Choice("1", CONFIRM, _("I will come")),
    Choice("2", CANCEL, _("cancel the visit")),
    Choice("3", MOVE, _("another time")),
)
REMINDER = register(
    MessageKind(
        code="reminder",
        label=pgettext_lazy("message", "Reminder of a visit"),
        priority=Priority.REMINDER,
        fields=facts.VISIT,
        texts=words(
            "【{hospital}】{name}您好，提醒您{when} {doctor}，{place}。{preparation}"
            "请在{deadline}前回复：1确认，2取消，3改约。",
            "{hospital}: {name}, your visit is on {when} with {doctor}, {place}. {preparation} "
            "Please reply before {deadline}: 1 I will come, 2 cancel, 3 another time.",
            zh_subject="就诊提醒：{when}",
            en_subject="Reminder: your visit on {when}",
            zh_mail="【{hospital}】{name}您好，提醒您{when} {doctor}，{place}。{preparation}"
            "请在{deadline}前点击确认、取消或改约：{link}",
            en_mail="{hospital}: {name}, your visit is on {when} with {doctor}, {place}. {preparation} "
            "Please confirm, cancel or choose another time before {deadline}: {link}",
        ),
        judge=VisitJudge(judging.awaits_answer, with_link=True),
        choices=ANSWERS,
        reasons=REASONS,
        examples=examples,
    )
)
MISSED = register(
    MessageKind(
        code="missed",
        label=pgettext_lazy("message", "Visit was missed"),
        priority=Priority.REMINDER,
        fields=facts.VISIT,
        texts=words(
            "【{hospital}】{name}您好，您{when} {doctor}的预约未就诊。需要重新预约吗？回复1选择新时间，回复2不需要。",
            "{hospital}: {name}, we missed you on {when} with {doctor}. Shall we find a new time? "
            "Reply 1 for new times, 2 if you do not need one.",
            zh_subject="重新预约",
            en_subject="Shall we find a new time?",
            zh_mail="【{hospital}】{name}您好，您{when} {doctor}的预约未就诊。需要重新预约吗？请点击选择：{link}",
            en_mail="{hospital}: {name}, we missed you on {when} with {doctor}. Shall we find a new time? {link}",
        ),
        judge=VisitJudge(judging.was_missed, with_link=True),
        choices=YES_OR_NO,
        reasons=REASONS,
        examples=examples,
    )
)
