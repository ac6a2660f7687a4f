"""Is it still true? Asked for many messages at once, just before they go out."""

import datetime as dt
from collections.abc import Callable, Iterable

from django.utils import translation

from common import shown
from messaging.kinds import Verdict
from messaging.models import Delivery
from reminders import calendars, facts, lots
from reminders.lots import HELD_OUT
from reminders.models import Rating
from reminders.services import choosing, links, substituting
from scheduling.models import Appointment, AppointmentStatus, WaitlistOffer
from scheduling.models.waitlist import OfferStatus

VISIT = "appointment"  # `about_kind` of what is told about a booking
OFFERED = (
    "appointment__slot__session__practitioner",
    "appointment__slot__session__location",
    "appointment__slot__service__department__site",
)

Check = Callable[[Delivery, Appointment, dt.datetime], str]
More = Callable[[Delivery, Appointment, dt.datetime], dict[str, str]]


def bookings_of(deliveries: Iterable[Delivery]) -> dict[int, Appointment]:
    """The bookings that these are about, with all that words may name."""
    return Appointment.objects.for_desk().in_bulk({row.about_id for row in deliveries})


class VisitJudge:
    """For messages about one booking.

    check: why not. more: further facts. with_link: makes the link to answer by. with_calendar: adds the .ics file.
    """

    def __init__(self, check: Check, *, with_link: bool = False, with_calendar: bool = False, more: More | None = None):
        self.check = check
        self.with_link = with_link
        self.with_calendar = with_calendar
        self.more = more

    def __call__(self, deliveries: Iterable[Delivery], at: dt.datetime) -> dict[int, Verdict]:
        """A verdict for each."""
        rows = list(deliveries)
        bookings = bookings_of(rows)
        return {row.pk: self._verdict(row, bookings.get(row.about_id), at) for row in rows}

    def _verdict(self, row: Delivery, booking: Appointment | None, at: dt.datetime) -> Verdict:
        stop = self._stop(row, booking, at)
        if stop:
            return Verdict(stop=stop)
        until = max(booking.ends_at, row.expires_at)  # a missed visit is asked about after its end
        link = links.address(row, until=until, at=at) if self.with_link else ""
        known = facts.of_visit(booking, row.patient.language, link)
        known |= self.more(row, booking, at) if self.more else {}
        added = (calendars.attachment(booking, known, at),) if self.with_calendar else ()
        return Verdict(facts=known, attachments=added)

    def _stop(self, row: Delivery, booking: Appointment | None, at: dt.datetime) -> str:
        if booking is None or booking.patient_id != row.patient_id:
            return "gone"
        if booking.version != row.about_version:
            return "moved"
        return self.check(row, booking, at)


def stands(row: Delivery, booking: Appointment, at: dt.datetime) -> str:
    """Booked, and still to come."""
    if booking.status == AppointmentStatus.CANCELLED:
        return "cancelled"
    if booking.status != AppointmentStatus.BOOKED:
        return "arrived"
    return "begun" if booking.starts_at <= at else ""


def awaits_answer(row: Delivery, booking: Appointment, at: dt.datetime) -> str:
    """As `stands`; and not confirmed yet, where the step asks for that; and not left out by lot.

    The lot comes last: both those who get it and those who do not are people who would have got it at that moment.
    """
    is_answered = row.context.get("only_unanswered") and booking.confirmed_at is not None
    return (
        stands(row, booking, at) or ("confirmed" if is_answered else "") or (HELD_OUT if lots.is_left_out(row) else "")
    )


def is_cancelled(row: Delivery, booking: Appointment, at: dt.datetime) -> str:
    """Off, and it was not taken back."""
    if booking.status != AppointmentStatus.CANCELLED:
        return "restored"
    return "begun" if booking.starts_at <= at else ""


def was_missed(row: Delivery, booking: Appointment, at: dt.datetime) -> str:
    """Did not come, and that was not taken back; nor has the person booked again there by now."""
    if booking.status != AppointmentStatus.NOSHOW:
        return "restored"
    department = booking.slot.service.department_id
    again = Appointment.objects.filter(
        patient=booking.patient_id, slot__service__department=department, created_at__gt=booking.starts_at
    )
    return "rebooked" if again.claiming().exists() else ""


def was_seen(row: Delivery, booking: Appointment, at: dt.datetime) -> str:
    """The visit took place, and was not rated by another way."""
    if booking.status != AppointmentStatus.FULFILLED:
        return "restored"
    return "answered" if Rating.objects.filter(appointment=booking.pk).exists() else ""


def was_rated(row: Delivery, booking: Appointment, at: dt.datetime) -> str:
    """Rated, without a reason yet."""
    return "" if Rating.objects.filter(appointment=booking.pk, reason="").exists() else "answered"


def kept_place(row: Delivery, booking: Appointment, at: dt.datetime) -> dict[str, str]:
    """The place that is kept for them after the clinic stopped."""
    kept = substituting.standing(booking, at)
    if kept is None:
        return {}
    with translation.override(row.patient.language):
        return {"other": shown.moment(kept.starts_at), "until": shown.moment(kept.held_until)}


def is_cancelled_and_kept(row: Delivery, booking: Appointment, at: dt.datetime) -> str:
    """Off, and the place kept for them is not answered yet."""
    if booking.status != AppointmentStatus.CANCELLED:
        return "restored"
    return "" if substituting.standing(booking, at) else "answered"


def judge_offers(deliveries: Iterable[Delivery], at: dt.datetime) -> dict[int, Verdict]:
    """Of a place from the waiting list: open, and its clock has not run out."""
    rows = list(deliveries)
    offers = WaitlistOffer.objects.select_related(*OFFERED).in_bulk({row.about_id for row in rows})
    return {row.pk: _offer(row, offers.get(row.about_id), at) for row in rows}


def _offer(row: Delivery, offer: WaitlistOffer | None, at: dt.datetime) -> Verdict:
    if offer is None or offer.status != OfferStatus.OPEN or offer.expires_at <= at:
        return Verdict(stop="over")
    link = links.address(row, until=offer.expires_at, at=at)
    with translation.override(row.patient.language):
        until = {"until": shown.moment(offer.expires_at), "name": row.patient.name, "link": link}
        return Verdict(facts=facts.of_slot(offer.appointment.slot) | until)


def judge_places(deliveries: Iterable[Delivery], at: dt.datetime) -> dict[int, Verdict]:
    """Places to choose from, for a visit that is to be moved or was missed."""
    rows = list(deliveries)
    bookings = bookings_of(rows)
    return {row.pk: _places(row, bookings.get(row.about_id)) for row in rows}


def _places(row: Delivery, booking: Appointment | None) -> Verdict:
    if booking is None or booking.version != row.about_version:
        return Verdict(stop="moved")
    slots = choosing.slots_of(row)
    with translation.override(row.patient.language):
        lines = "; ".join(f"{n}: {shown.moment(slot.starts_at)}" for n, slot in slots.items())
        return Verdict(facts=facts.of_slot(booking.slot) | {"name": row.patient.name, "places": lines})


def judge_replies(deliveries: Iterable[Delivery], at: dt.datetime) -> dict[int, Verdict]:
    """What was written down to be answered."""
    return {row.pk: Verdict(facts=_reply(row)) for row in deliveries}


def _reply(row: Delivery) -> dict[str, str]:
    with translation.override(row.patient.language):
        return {"hospital": shown.hospital(), "text": row.context["text"]}
