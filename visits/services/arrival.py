"""Checking in: the booking says arrived and a ticket is drawn, in one transaction."""

import datetime as dt
from uuid import UUID

from django.db.models import Max

from common import clock
from directory.models import Department
from patients.models import Patient
from scheduling.errors import WrongStatus
from scheduling.models import Appointment, Session, Slot
from scheduling.services import appointments, attendance
from scheduling.services.once import once
from scheduling.services.origin import Origin
from visits.errors import TooLateToTakeBack
from visits.models import LIVE, QueueEntry, QueueState, VisitKind

from . import turns
from .allowed import ALLOWED
from .reading import lock_with_booking


def check_in(
    *,
    appointment: Appointment | UUID,
    origin: Origin,
    priority: str = "",
    kind: str = VisitKind.BOOKED,
    at: dt.datetime | None = None,
) -> QueueEntry:
    """The patient stands at the counter or kiosk. Twice is once: who is checked in already gets the same ticket.

    priority: asked for at the counter; else by age. Raises AppointmentNotFound, WrongStatus, NotToday.
    """
    at = at or clock.now()

    def work() -> QueueEntry:
        known = _live_ticket(appointment, origin)
        if known is not None:
            return known
        booking = attendance.arrive(appointment=appointment, origin=origin.keyless, at=at)
        return _draw(booking, origin, kind, priority, at)

    try:
        return once(origin.keyless, work)
    except WrongStatus:  # another desk was faster by the blink of an eye
        known = _live_ticket(appointment, origin)
        if known is None:
            raise
        return known


def walk_in(
    *,
    patient: Patient | UUID,
    slot: Slot | UUID,
    origin: Origin,
    reason: str = "",
    priority: str = "",
    overbook: bool = False,
    at: dt.datetime | None = None,
) -> QueueEntry:
    """Somebody comes without a booking: a place is booked and they are checked in, or neither.

    Raises what `book` raises; the place is one of the pool's, or with `overbook` an extra one (加号).
    """
    at = at or clock.now()

    def work() -> QueueEntry:
        booking = appointments.book(patient=patient, slot=slot, origin=origin, reason=reason, overbook=overbook, at=at)
        return check_in(appointment=booking, origin=origin, priority=priority, kind=VisitKind.WALK_IN, at=at)

    return once(origin.keyless, work, reason)


def take_back(*, entry: QueueEntry | UUID, origin: Origin, at: dt.datetime | None = None) -> Appointment:
    """The check-in was a mistake: booked as before, the ticket is void. Raises TooLateToTakeBack once called."""
    at = at or clock.now()

    def work() -> Appointment:
        ticket = lock_with_booking(entry, origin.by, *QueueState.values)
        if ticket.state == QueueState.UNDONE:
            return ticket.appointment
        if ticket.state not in ALLOWED["take_back"]:
            raise TooLateToTakeBack(ticket=ticket.ticket)
        ticket.state = QueueState.UNDONE
        ticket.save()
        return attendance.take_back_arrival(appointment=ticket.appointment, origin=origin, at=at)

    return once(origin.keyless, work)


def _live_ticket(appointment: Appointment | UUID, origin: Origin) -> QueueEntry | None:
    uuid = appointment if isinstance(appointment, UUID) else appointment.uuid
    rows = QueueEntry.objects.visible_to(origin.by).for_desk()
    return rows.filter(appointment__uuid=uuid, state__in=LIVE).first()


def _draw(booking: Appointment, origin: Origin, kind: str, priority: str, at: dt.datetime) -> QueueEntry:
    session: Session = booking.slot.session
    department: Department = booking.slot.service.department
    priority = turns.priority_of(booking.patient.age(session.day), priority)
    return QueueEntry.objects.create(
        appointment=booking,
        session=session,
        day=session.day,
        series=department,
        number=_next_number(department, session.day),
        kind=kind,
        priority=priority,
        arrived_at=at,
        turn_at=turns.turn(kind=kind, priority=priority, due=booking.starts_at, arrived=at),
        by=origin.by,
    )


def _next_number(department: Department, day: dt.date) -> int:
    """Tickets of a department are numbered through the day; the department's row is locked, so none is given twice."""
    Department.objects.select_for_update(no_key=True).filter(pk=department.pk).values_list("pk").first()
    last = QueueEntry.objects.filter(series=department, day=day).aggregate(n=Max("number"))["n"]
    return (last or 0) + 1
