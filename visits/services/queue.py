"""Calling, skipping, putting back, handing over. Two desks that press “next” at once never call the same person: the
ticket is taken by one conditional UPDATE."""

import datetime as dt
from collections.abc import Callable
from uuid import UUID

from django.db import IntegrityError
from django.db.models import QuerySet

from common import clock
from common.history import record_history
from directory.models import Location
from scheduling import seeing
from scheduling.models import Session, SessionStatus
from scheduling.services.once import once
from scheduling.services.origin import Origin
from visits.errors import NobodyWaits, OtherDepartment, SessionOver, TicketNotFound
from visits.models import Call, QueueEntry, QueueState, VisitKind

from . import turns
from .allowed import ALLOWED
from .reading import lock_entry

PUT_BACK = 3  # places: after how many others somebody is called again who did not answer


def call_next(
    *, session: Session | UUID, origin: Origin, location: Location | None = None, at: dt.datetime | None = None
) -> QueueEntry:
    """Call whoever is next for the session to `location`, else to the session's room.

    The request key makes a double click one call: the same key gets the same ticket. Raises NobodyWaits, SessionOver.
    """
    at = at or clock.now()

    def work() -> QueueEntry:
        waited_for = _session(session, origin, at)
        entry = _take_next(waited_for)
        return _announce(entry, location or waited_for.location, origin, at)

    return _once_called(origin, work)


def call(
    *, entry: QueueEntry | UUID, origin: Origin, location: Location | None = None, at: dt.datetime | None = None
) -> QueueEntry:
    """Call this one, again or out of turn; the same request key is one call. Raises TicketState."""
    at = at or clock.now()

    def work() -> QueueEntry:
        ticket = lock_entry(entry, origin.by, *ALLOWED["call"])
        ticket.state = QueueState.CALLED
        ticket.save()
        return _announce(ticket, location or ticket.location or ticket.session.location, origin, at)

    return _once_called(origin, work)


def skip(*, entry: QueueEntry | UUID, origin: Origin) -> QueueEntry:
    """Called, and nobody came. They keep their ticket and can be put back. Raises TicketState."""
    return _change(entry, origin, ALLOWED["skip"], state=QueueState.SKIPPED)


def put_back(*, entry: QueueEntry | UUID, origin: Origin, places: int = PUT_BACK) -> QueueEntry:
    """Into the queue again, behind the next `places` of those waiting. Raises TicketState."""

    def work() -> QueueEntry:
        ticket = lock_entry(entry, origin.by, *ALLOWED["put_back"])
        others = _waiting(ticket.session).exclude(pk=ticket.pk).values_list("turn_at", flat=True)
        ticket.state = QueueState.WAITING
        ticket.turn_at = max(turns.behind(list(others[:places]), places) or ticket.turn_at, ticket.turn_at)
        ticket.save()
        return ticket

    return once(origin.keyless, work)


def prioritise(*, entry: QueueEntry | UUID, priority: str, origin: Origin, reason: str = "") -> QueueEntry:
    """Another priority, as seen at the counter; the turn is made anew. Raises TicketState."""

    def work() -> QueueEntry:
        ticket = lock_entry(entry, origin.by, *ALLOWED["prioritise"])
        ticket.priority = priority
        due = ticket.appointment.starts_at
        ticket.turn_at = turns.turn(kind=ticket.kind, priority=priority, due=due, arrived=ticket.arrived_at)
        ticket.save()
        return ticket

    return once(origin.keyless, work, reason)


def hand_over(*, entry: QueueEntry | UUID, session: Session | UUID, origin: Origin, reason: str = "") -> QueueEntry:
    """Let them wait for another session of their department today, with the turn they have.

    Raises TicketState, SessionOver, OtherDepartment: there the number may belong to somebody else.
    """

    def work() -> QueueEntry:
        ticket = lock_entry(entry, origin.by, *ALLOWED["hand_over"])
        ticket.session = _session(session, origin)
        if ticket.session.service.department_id != ticket.series_id:
            raise OtherDepartment(field="session")
        ticket.state, ticket.location = QueueState.WAITING, None
        ticket.save()
        return ticket

    return once(origin.keyless, work, reason)


def leave(*, entry: QueueEntry | UUID, origin: Origin, reason: str = "") -> QueueEntry:
    """They went away without being seen; the end of the day settles the booking. Raises TicketState."""
    return _change(entry, origin, ALLOWED["leave"], reason, state=QueueState.LEFT)


def come_back(*, entry: QueueEntry | UUID, origin: Origin, at: dt.datetime | None = None) -> QueueEntry:
    """Back with results (回诊), or back after having left: their ticket waits again from now. Raises TicketState."""
    at = at or clock.now()

    def work() -> QueueEntry:
        ticket = lock_entry(entry, origin.by, *ALLOWED["come_back"])
        kind = VisitKind.RESULTS if ticket.state == QueueState.DONE else ticket.kind
        ticket.state, ticket.kind, ticket.location, ticket.arrived_at = QueueState.WAITING, kind, None, at
        due = ticket.appointment.starts_at
        ticket.turn_at = turns.turn(kind=kind, priority=ticket.priority, due=due, arrived=at)
        ticket.save()
        return ticket

    return once(origin.keyless, work)


def _waiting(session: Session) -> QuerySet[QueueEntry]:
    return QueueEntry.objects.filter(session=session, state=QueueState.WAITING).in_order()


def _take_next(session: Session) -> QueueEntry:
    while True:
        first = _waiting(session).values_list("pk", flat=True).first()
        if first is None:
            raise NobodyWaits
        mine = QueueEntry.objects.filter(pk=first, state=QueueState.WAITING)
        if mine.update(state=QueueState.CALLED) == 1:  # whoever comes second finds the next one
            record_history(QueueEntry.objects.filter(pk=first), "~")
            return QueueEntry.objects.for_desk().get(pk=first)


def _announce(entry: QueueEntry, location: Location | None, origin: Origin, at: dt.datetime) -> QueueEntry:
    if location != entry.location:
        entry.location = location
        entry.save()
    Call.objects.create(entry=entry, location=location, at=at, by=origin.by, request_key=origin.key)
    return entry


def _once_called(origin: Origin, work: Callable[[], QueueEntry]) -> QueueEntry:
    """Run `work`, unless the request with this key has called somebody already: then it is them."""
    known = _called_with(origin)
    if known:
        return known
    try:
        return once(origin.keyless, work)
    except IntegrityError:  # the same request came twice at the same moment
        known = _called_with(origin)
        if known is None:
            raise
        return known


def _called_with(origin: Origin) -> QueueEntry | None:
    if not origin.key:
        return None
    return QueueEntry.objects.for_desk().filter(calls__by=origin.by, calls__request_key=origin.key).first()


def _session(ref: Session | UUID, origin: Origin, at: dt.datetime | None = None) -> Session:
    """A session of the day of `at`, or of today. Raises TicketNotFound for one out of sight, SessionOver."""
    uuid = ref if isinstance(ref, UUID) else ref.uuid
    session = seeing.sessions(origin.by).select_related("location", "service").filter(uuid=uuid).first()
    if session is None:
        raise TicketNotFound
    if session.day != clock.today(at) or session.status == SessionStatus.CANCELLED:
        raise SessionOver
    return session


def _change(
    entry: QueueEntry | UUID, origin: Origin, states: tuple[str, ...], reason: str = "", **changes: object
) -> QueueEntry:
    def work() -> QueueEntry:
        ticket = lock_entry(entry, origin.by, *states)
        for name, value in changes.items():
            setattr(ticket, name, value)
        ticket.save()
        return ticket

    return once(origin.keyless, work, reason)
