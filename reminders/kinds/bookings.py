"""A booking was made, moved or cancelled."""

from django.utils.translation import pgettext_lazy

from messaging.kinds import MessageKind, register
from messaging.models import Priority
from reminders import facts, judging
from reminders.judging import VisitJudge
from reminders.kinds.shared import REASONS, examples, words

BOOKED = register(
    MessageKind(
        code="booked",
        label=pgettext_lazy("message", "Booking confirmed"),
        priority=Priority.REMINDER,
        fields=facts.VISIT,
        texts=words(
            "【{hospital}】{name}您好，已为您预约{when} {doctor}，{place}，预约码{reference}。"
            "如需改约或取消，请在{deadline}前点击：{link}",
            "{hospital}: {name}, you are booked for {when} with {doctor}, {place}. Reference {reference}. "
            "To change or cancel it before {deadline}: {link}",
            zh_subject="预约成功：{when}",
            en_subject="Your visit on {when}",
        ),
        judge=VisitJudge(judging.stands, with_link=True, with_calendar=True),
        reasons=REASONS,
        examples=examples,
    )
)
MOVED = register(
    MessageKind(
        code="moved",
        label=pgettext_lazy("message", "Booking moved"),
        priority=Priority.REMINDER,
        fields=facts.VISIT,
        texts=words(
            "【{hospital}】{name}您好，您的预约已改为{when} {doctor}，{place}，预约码{reference}。"
            "如需再改约或取消，请在{deadline}前点击：{link}",
            "{hospital}: {name}, your visit has been moved to {when} with {doctor}, {place}. Reference {reference}. "
            "To change or cancel it before {deadline}: {link}",
            zh_subject="预约已改：{when}",
            en_subject="Your visit is now on {when}",
        ),
        judge=VisitJudge(judging.stands, with_link=True, with_calendar=True),
        reasons=REASONS,
        examples=examples,
    )
)
CANCELLED = register(
    MessageKind(
        code="cancelled",
        label=pgettext_lazy("message", "Booking cancelled"),
        priority=Priority.REMINDER,
        fields=facts.VISIT,
        texts=words(
            "【{hospital}】{name}您好，您{when} {doctor}的预约已取消。如需重新预约，请致电{phone}。",
            "{hospital}: {name}, your visit on {when} with {doctor} is cancelled. To book another, call {phone}.",
            zh_subject="预约已取消：{when}",
            en_subject="Your visit on {when} is cancelled",
        ),
        judge=VisitJudge(judging.is_cancelled, with_calendar=True),
        reasons=REASONS,
        examples=examples,
    )
)
