"""What patients are told of a restriction after missed visits: that it begins, is lifted, or stays after an appeal."""

import datetime as dt
from collections.abc import Callable, Iterable

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import shown
from messaging.kinds import Field, MessageKind, Verdict, register
from messaging.models import Delivery, Priority
from reminders import facts
from reminders.kinds.shared import words
from reminders.services import links
from scheduling.models import BookingRestriction
from scheduling.models.restriction import State

ABOUT = "restriction"  # `about_kind` of what is told about one
UNTIL = Field("until", _("until when it lasts"), "Fri 26 Feb 09:00", "2月26日 周五 09:00")
MISSED = Field("missed", _("how many missed visits it rests on"), "3", "3")
FIELDS = (facts.HOSPITAL, facts.NAME, UNTIL, MISSED, facts.PHONE, facts.LINK)
REASONS = {
    "gone": _("There is no such restriction any more"),
    "ended": _("The restriction has ended"),
    "appealed": _("The patient has objected"),
    "standing": _("The restriction stands"),
}

Check = Callable[[BookingRestriction, dt.datetime], str]


class RestrictionJudge:
    """For messages about one restriction. check: why not. with_link: to the page on which the patient objects."""

    def __init__(self, check: Check, *, with_link: bool = False):
        self.check = check
        self.with_link = with_link

    def __call__(self, deliveries: Iterable[Delivery], at: dt.datetime) -> dict[int, Verdict]:
        """A verdict for each."""
        rows = list(deliveries)
        known = BookingRestriction.objects.in_bulk({row.about_id for row in rows})
        return {row.pk: self._verdict(row, known.get(row.about_id), at) for row in rows}

    def _verdict(self, row: Delivery, about: BookingRestriction | None, at: dt.datetime) -> Verdict:
        if about is None or about.patient_id != row.patient_id:
            return Verdict(stop="gone")
        stop = self.check(about, at)
        if stop:
            return Verdict(stop=stop)
        link = links.address(row, until=about.until, at=at) if self.with_link else ""
        return Verdict(facts=facts_of(about, row, link))


def facts_of(about: BookingRestriction, row: Delivery, link: str) -> dict[str, str]:
    """The words of FIELDS in the patient's language; the phone of the site of the last missed visit."""
    visits = about.absences.select_related("appointment__slot__service__department__site")
    visits = list(visits.order_by("appointment__starts_at"))
    site = visits[-1].appointment.slot.service.department.site
    with translation.override(row.patient.language):
        return {
            "hospital": shown.hospital(),
            "name": row.patient.name,
            "until": shown.moment(about.until),
            "missed": str(len(visits)),
            "phone": site.phone,
            "link": link,
        }


def stands(about: BookingRestriction, at: dt.datetime) -> str:
    """It keeps the patient from booking."""
    state = about.state(at)
    return {State.STANDING: "", State.APPEALED: "appealed"}.get(state, "ended")


def was_lifted(about: BookingRestriction, at: dt.datetime) -> str:
    """It was lifted before its end."""
    if about.lifted_at is None:
        return "standing"
    return "" if about.until > at else "ended"


RESTRICTED = register(
    MessageKind(
        code="restricted",
        label=pgettext_lazy("message", "Booking restricted"),
        priority=Priority.REMINDER,
        fields=FIELDS,
        texts=words(
            "【{hospital}】{name}您好，您有{missed}次预约未就诊，{until}前仅可在窗口预约，急诊不受限。"
            "查看原因或申诉：{link}",
            "{hospital}: {name}, after {missed} missed visits you can book only at our desk until {until}. "
            "Urgent care stays open. Why, and how to object: {link}",
            zh_subject="预约限制通知",
            en_subject="You can book only at our desk for now",
        ),
        judge=RestrictionJudge(stands, with_link=True),
        reasons=REASONS,
    )
)
RESTRICTION_LIFTED = register(
    MessageKind(
        code="restriction_lifted",
        label=pgettext_lazy("message", "Restriction lifted"),
        priority=Priority.REMINDER,
        fields=FIELDS[:-1],
        texts=words(
            "【{hospital}】{name}您好，您的预约限制已解除，现在可以照常预约。",
            "{hospital}: {name}, the restriction is lifted. You can book as usual again.",
            zh_subject="预约限制已解除",
            en_subject="You can book as usual again",
        ),
        judge=RestrictionJudge(was_lifted),
        reasons=REASONS,
    )
)
RESTRICTION_UPHELD = register(
    MessageKind(
        code="restriction_upheld",
        label=pgettext_lazy("message", "Appeal decided: restriction stays"),
        priority=Priority.REMINDER,
        fields=FIELDS,
        texts=words(
            "【{hospital}】{name}您好，我们已复核您的申诉，预约限制维持至{until}，急诊不受限。复核理由：{link}",
            "{hospital}: {name}, we have looked at your objection. The restriction stays until {until}. "
            "Urgent care stays open. The reasons: {link}",
            zh_subject="申诉结果",
            en_subject="Our answer to your objection",
        ),
        judge=RestrictionJudge(stands, with_link=True),
        reasons=REASONS,
    )
)
