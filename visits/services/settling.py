"""Settling a booking at the end of its day: seen, absent or excused. Whoever is settled that way already stays so."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from common import clock
from common.errors import ReasonRequired, Refusal
from scheduling.models import Appointment, AppointmentStatus
from scheduling.models.appointment import CancelCause
from scheduling.services import appointments, attendance
from scheduling.services.once import once
from scheduling.services.origin import Origin
from scheduling.services.reading import lock_appointment
from visits.models import IN_WAITING_ROOM, QueueEntry, QueueState

Status = AppointmentStatus


def seen(
    *, appointment: Appointment | UUID, origin: Origin, reason: str = "", at: dt.datetime | None = None
) -> Appointment:
    """The visit took place; a ticket that still waits is done. A visit that has begun keeps its own end.

    Raises ReasonRequired for somebody whose arrival was not recorded, WrongStatus, TooEarly, NotAllowed.
    """

    def work(booking: Appointment, at: dt.datetime) -> Appointment:
        _close_ticket(booking, QueueState.DONE)
        if booking.status == Status.ARRIVED:
            return attendance.fulfil(appointment=booking, origin=origin.keyless, at=at)
        return _correct(booking, Status.FULFILLED, origin, reason, at)

    return _settle(appointment, Status.FULFILLED, origin, reason, at, work)


def did_not_come(
    *, appointment: Appointment | UUID, origin: Origin, reason: str = "", at: dt.datetime | None = None
) -> Appointment:
    """They were not there when it was their turn. Of somebody who had arrived it wants a reason.

    Raises ReasonRequired, WrongStatus, TooEarly, NotAllowed.
    """

    def work(booking: Appointment, at: dt.datetime) -> Appointment:
        _close_ticket(booking, QueueState.LEFT)
        if booking.status == Status.ARRIVED:
            return _correct(booking, Status.NOSHOW, origin, reason, at)
        return appointments.mark_noshow(appointment=booking, origin=origin.keyless, reason=reason, at=at)

    return _settle(appointment, Status.NOSHOW, origin, reason, at, work)


def excused(
    *, appointment: Appointment | UUID, origin: Origin, reason: str, at: dt.datetime | None = None
) -> Appointment:
    """They told us, so it is a cancellation at their wish and not an absence.

    Raises ReasonRequired, WrongStatus once they have arrived, NotAllowed.
    """

    def work(booking: Appointment, at: dt.datetime) -> Appointment:
        if not reason.strip():
            raise ReasonRequired(field="reason")
        told = {"reason": reason, "cause": CancelCause.PATIENT}
        return appointments.cancel(appointment=booking, origin=origin.keyless, at=at, **told)

    return _settle(appointment, Status.CANCELLED, origin, reason, at, work)


def _settle(
    ref: Appointment | UUID, ending: str, origin: Origin, reason: str, at: dt.datetime | None, work: Callable
) -> Appointment:
    appointments.require_right(origin, "scheduling.mark_noshow")

    def settled() -> Appointment:
        booking = lock_appointment(ref, origin.by)
        if booking.status == ending:
            return booking
        appointments.require(booking, Status.BOOKED, Status.ARRIVED)
        return work(booking, at or clock.now())

    return once(origin.keyless, settled, reason)


def _correct(booking: Appointment, ending: str, origin: Origin, reason: str, at: dt.datetime) -> Appointment:
    return attendance.correct(appointment=booking, ending=ending, origin=origin.keyless, reason=reason, at=at)


def _close_ticket(booking: Appointment, state: str) -> None:
    """Nobody is called any more who is settled."""
    for ticket in QueueEntry.objects.select_for_update(no_key=True).filter(appointment=booking, state__in=_CLOSED):
        ticket.state = state
        ticket.save()


_CLOSED = (*IN_WAITING_ROOM, QueueState.LEFT)


def was_here(
    *, appointment: Appointment | UUID, origin: Origin, reason: str, at: dt.datetime | None = None
) -> Appointment:
    """Recorded as absent by mistake: they were seen. Raises ReasonRequired, WrongStatus, NotAllowed."""
    at = at or clock.now()

    def work() -> Appointment:
        booking = lock_appointment(appointment, origin.by)
        if booking.status == Status.FULFILLED:
            return booking
        appointments.require(booking, Status.NOSHOW)
        return _correct(booking, Status.FULFILLED, origin, reason, at)

    appointments.require_right(origin, "scheduling.mark_noshow")
    return once(origin.keyless, work, reason)


ACTS: dict[str, Callable[..., Appointment]] = {
    "seen": seen,
    "absent": did_not_come,
    "excused": excused,
    "correct": was_here,
}


@dataclass
class Settled:
    """What came of several at once: each row whole or not at all, the others stand."""

    done: list[Appointment] = field(default_factory=list)
    refused: list[tuple[Appointment, Refusal]] = field(default_factory=list)


def settle(
    rows: Iterable[Appointment], *, act: str, origin: Origin, reason: str = "", at: dt.datetime | None = None
) -> Settled:
    """Do one of ACTS to each row, one transaction a row."""
    result = Settled()
    for booking in rows:
        try:
            result.done.append(ACTS[act](appointment=booking, origin=origin, reason=reason, at=at))
        except Refusal as refusal:
            result.refused.append((booking, refusal))
    return result
