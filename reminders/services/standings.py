"""How it stands with what a message was about, and what its reader may still answer."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from messaging.models import Delivery
from reminders.errors import LinkOver
from reminders.services import answers, substituting
from scheduling.models import Appointment, AppointmentStatus, WaitlistOffer
from scheduling.models.appointment import CancelCause
from scheduling.models.waitlist import OfferStatus
from scheduling.services import appointments

NEEDS_TIME = ("cancel", "move")  # until the deadline
TAKEN = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED)


class State(StrEnum):
    """What the reader of a message finds."""

    BOOKED = "booked"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    STOPPED = "stopped"  # the clinic does not take place, and nothing is kept (any more)
    KEPT = "kept"  # the same, and another place is kept
    MISSED = "missed"
    OFFERED = "offered"  # a free place for who waits
    GONE = "gone"  # that place is not theirs any more
    OVER = "over"  # the time has come


@dataclass(frozen=True)
class Standing:
    """visit: whose day and time are shown. lost: the booking that a stoppage took. answers: codes, as
    `answers.possible`. until: for those answers (aware). is_late: until then they could cancel or move. is_moved: the
    message named another time."""

    delivery: Delivery
    state: State
    visit: Appointment
    answers: tuple[str, ...] = ()
    lost: Appointment | None = None
    until: dt.datetime | None = None
    is_late: bool = False
    is_moved: bool = False

    @property
    def is_to_come(self) -> bool:
        """Somebody is expected then."""
        return self.state in (State.BOOKED, State.CONFIRMED)


def of(delivery: Delivery, at: dt.datetime) -> Standing:
    """How it stands now. Raises LinkOver when it is another person's by now."""
    standing = _READ.get(delivery.kind, _booking)(delivery, at)
    if standing.visit.patient_id != delivery.patient_id:
        raise LinkOver
    return standing


def leads_to_places(delivery: Delivery, code: str) -> bool:
    """Is this answer completed by choosing a place?"""
    return code == "move" or (delivery.kind, code) == ("missed", "yes")


def _booking(delivery: Delivery, at: dt.datetime) -> Standing:
    booking = answers.booking_of(delivery)
    return _visit(delivery, booking, at, is_moved=booking.version > delivery.about_version)


def _visit(delivery: Delivery, visit: Appointment, at: dt.datetime, *, is_moved: bool = False) -> Standing:
    if visit.status != AppointmentStatus.BOOKED or visit.starts_at <= at:
        return Standing(delivery, _ended(visit), visit)
    deadline = appointments.deadline(visit)
    state = State.CONFIRMED if visit.confirmed_at else State.BOOKED
    left_out = ("confirm",) if visit.confirmed_at else ()
    left_out += NEEDS_TIME if at > deadline else ()
    codes = tuple(code for code in answers.possible(delivery) if code not in (*left_out, "yes", "no"))
    return Standing(delivery, state, visit, codes, until=deadline, is_late=at > deadline, is_moved=is_moved)


def _ended(visit: Appointment) -> State:
    if visit.status == AppointmentStatus.CANCELLED:
        return State.STOPPED if visit.cancel_cause == CancelCause.CLINIC else State.CANCELLED
    return State.MISSED if visit.status == AppointmentStatus.NOSHOW else State.OVER


def _missed(delivery: Delivery, at: dt.datetime) -> Standing:
    """A new visit in the department takes the place of the question."""
    booking = answers.booking_of(delivery)
    if booking.status != AppointmentStatus.NOSHOW:
        return _visit(delivery, booking, at)
    again = Appointment.objects.for_desk().filter(
        patient=booking.patient_id, slot__service__department=booking.slot.service.department_id,
        created_at__gt=booking.starts_at, status__in=TAKEN,
    )  # fmt: skip
    newest = again.order_by("-created_at", "-pk").first()
    if newest:
        return _visit(delivery, newest, at)
    return Standing(delivery, State.MISSED, booking, tuple(answers.possible(delivery)))


def _stopped_kept(delivery: Delivery, at: dt.datetime) -> Standing:
    lost = answers.booking_of(delivery)
    if lost.status != AppointmentStatus.CANCELLED:
        return _visit(delivery, lost, at)
    kept = substituting.standing(lost, at)
    if kept:
        visit = Appointment.objects.for_desk().get(pk=kept.pk)
        codes = tuple(answers.possible(delivery))
        return Standing(delivery, State.KEPT, visit, codes, lost=lost, until=visit.held_until)
    taken = Appointment.objects.for_desk().filter(substitute__lost=lost, status__in=TAKEN).first()
    return _visit(delivery, taken or lost, at)


def _offer(delivery: Delivery, at: dt.datetime) -> Standing:
    offer = WaitlistOffer.objects.get(pk=delivery.about_id)
    visit = Appointment.objects.for_desk().get(pk=offer.appointment_id)
    if offer.status == OfferStatus.ACCEPTED:
        return _visit(delivery, visit, at)
    if offer.status != OfferStatus.OPEN or offer.expires_at <= at or visit.status != AppointmentStatus.HELD:
        return Standing(delivery, State.GONE, visit)
    return Standing(delivery, State.OFFERED, visit, tuple(answers.possible(delivery)), until=offer.expires_at)


_READ: Mapping[str, Callable[[Delivery, dt.datetime], Standing]] = {
    "missed": _missed,
    "stopped_kept": _stopped_kept,
    "offer": _offer,
}
