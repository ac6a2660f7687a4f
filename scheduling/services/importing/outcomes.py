"""Bookings of an earlier file of which a later one tells what became."""

from dataclasses import dataclass

from accounts.models import Channel, User
from common import clock
from patients.services.importing.loop import UPDATED, Stored
from patients.services.importing.rows import BadRow
from scheduling.errors import TooEarly
from scheduling.models import Appointment, AppointmentStatus, EventKind
from scheduling.services import appointments
from scheduling.services.claiming import record
from scheduling.services.origin import Origin

from .visits import Visit

AFTER = {
    AppointmentStatus.FULFILLED: EventKind.FULFILLED,
    AppointmentStatus.NOSHOW: EventKind.NOSHOW,
    AppointmentStatus.CANCELLED: EventKind.CANCELLED,
}


@dataclass
class Outcome:
    """A visit whose booking is known, and the booking as it stood when the batch was read."""

    visit: Visit
    booking: Appointment
    result: Stored | BadRow = UPDATED


def lock(outcomes: list[Outcome]) -> dict[int, Appointment]:
    """The bookings, locked by id after their patients and before any slot."""
    rows = Appointment.objects.select_for_update(of=("self",), no_key=True).for_desk()
    found = rows.filter(pk__in=[one.booking.pk for one in outcomes]).order_by("pk")
    return {booking.pk: booking for booking in found}


def settle(visit: Visit, booking: Appointment, *, by: User) -> None:
    """Write the outcome of a locked booking; `by` is the author of the fact. Raises WrongStatus, TooEarly."""
    appointments.require(booking, AppointmentStatus.BOOKED)
    origin = Origin(by, Channel.IMPORT, visit.outcome_key, visit.digest)
    at = visit.cancelled_at or max(booking.ends_at, visit.asked_at)
    if visit.status == AppointmentStatus.CANCELLED:
        appointments.end(booking, origin, at, reason="", cause=visit.cause)
        return
    if booking.starts_at > clock.now():  # moved here to a later day
        raise TooEarly
    booking.status = visit.status
    booking.save()
    record(booking, AFTER[visit.status], origin, at)
