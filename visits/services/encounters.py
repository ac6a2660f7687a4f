"""The visit itself: begun when somebody enters the room, ended with what came of it."""

import datetime as dt
from uuid import UUID

from common import clock
from scheduling.models import AppointmentStatus
from scheduling.services import attendance
from scheduling.services.once import once
from scheduling.services.origin import Origin
from visits.errors import OutcomeMissing
from visits.models import Encounter, Outcome, QueueEntry, QueueState

from .allowed import ALLOWED
from .reading import lock_entry, lock_with_booking


def start(*, entry: QueueEntry | UUID, origin: Origin, at: dt.datetime | None = None) -> Encounter:
    """They are in the room. Twice is once. Raises TicketState."""
    at = at or clock.now()

    def work() -> Encounter:
        ticket = lock_entry(entry, origin.by, *ALLOWED["start"], QueueState.INSIDE)
        if ticket.state == QueueState.INSIDE:
            return running(ticket)
        ticket.state = QueueState.INSIDE
        ticket.location = ticket.location or ticket.session.location
        ticket.save()
        return _begin(ticket, origin, at)

    return once(origin.keyless, work)


def finish(
    *,
    entry: QueueEntry | UUID,
    outcome: str,
    origin: Origin,
    follow_up_weeks: int | None = None,
    follow_up_note: str = "",
    at: dt.datetime | None = None,
) -> Encounter:
    """The visit is over. Raises OutcomeMissing, TicketState."""
    at = at or clock.now()
    if outcome not in Outcome.values:
        raise OutcomeMissing(field="outcome")

    def work() -> Encounter:
        ticket = lock_with_booking(entry, origin.by, *ALLOWED["finish"])
        ticket.state = QueueState.DONE
        ticket.save()
        if ticket.appointment.status == AppointmentStatus.ARRIVED:  # back with results: it was seen before
            attendance.fulfil(appointment=ticket.appointment, origin=origin.keyless, at=at, scoped=False)
        return _end(running(ticket), outcome, follow_up_weeks, follow_up_note, at)

    return once(origin.keyless, work)


def running(ticket: QueueEntry) -> Encounter:
    """The encounter that has begun and not ended."""
    return Encounter.objects.select_for_update(no_key=True).get(appointment=ticket.appointment_id, ended_at=None)


def _begin(ticket: QueueEntry, origin: Origin, at: dt.datetime) -> Encounter:
    return Encounter.objects.create(
        appointment=ticket.appointment,
        patient=ticket.appointment.patient,
        practitioner=ticket.session.practitioner,
        service=ticket.session.service,
        location=ticket.location,
        started_at=at,
        by=origin.by,
    )


def _end(encounter: Encounter, outcome: str, weeks: int | None, note: str, at: dt.datetime) -> Encounter:
    encounter.ended_at = max(at, encounter.started_at)
    encounter.outcome = outcome
    encounter.follow_up_weeks, encounter.follow_up_note = weeks, note[:200]
    encounter.save()
    return encounter
