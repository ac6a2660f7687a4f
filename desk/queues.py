"""The queues of today as columns: a session each, with who is inside, called, waiting, skipped, seen and gone.

Statements do not grow with sessions or people. Each column and line carries a version of what it shows, so that a page
that asks every few seconds is told only what changed.
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Count, Max, Q, QuerySet

from accounts.models import User
from common import clock
from desk.queue_acts import Button, buttons
from directory.models import Department
from scheduling import seeing as pool
from scheduling.models import Session, SessionStatus
from visits import seeing
from visits.models import LIVE, Call, Encounter, QueueEntry, QueueState
from visits.services import waiting_times
from visits.services.allowed import acts_of
from visits.services.waiting_times import Estimate

CALLS, RECEIVES = "visits.call_queueentry", "visits.change_queueentry"
RIGHTS = {
    "call": CALLS,
    "skip": CALLS,
    "put_back": CALLS,
    "start": CALLS,
    "finish": CALLS,
    "come_back": RECEIVES,
    "prioritise": RECEIVES,
    "hand_over": RECEIVES,
    "leave": RECEIVES,
    "take_back": RECEIVES,
}
GROUPS = (QueueState.INSIDE, QueueState.CALLED, QueueState.WAITING, QueueState.SKIPPED)
OVER = (QueueState.DONE, QueueState.LEFT)


@dataclass
class Line:
    """A ticket on screen: what is known of it, and what this person may do with it now."""

    entry: QueueEntry
    acts: set[str]
    calls: int = 0
    called_at: dt.datetime | None = None
    visit: Encounter | None = None
    estimate: Estimate | None = None
    key: UUID = field(default_factory=uuid4)  # of the next press of one of its buttons

    @cached_property
    def version(self) -> str:
        """Changes when anything changes that the line shows."""
        entry, told = self.entry, self.estimate
        shown = (entry.state, entry.kind, entry.priority, entry.turn_at, entry.appointment.patient.name, self.acts)
        since = (self.calls, self.called_at, self.visit and (self.visit.pk, self.visit.outcome))
        return _digest(entry.pk, sorted(shown[-1]), shown[:-1], since, told and (told.low, told.high))

    @property
    def main(self) -> list[Button]:
        """Buttons in front."""
        return buttons(self.entry.state, self.acts, main=True)

    @property
    def more(self) -> list[Button]:
        """Buttons behind “more”."""
        return buttons(self.entry.state, self.acts, main=False)


@dataclass
class Column:
    """A session and its lines by state."""

    session: Session
    lines: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    key: UUID = field(default_factory=uuid4)  # of the next press of “call next”
    may_call: bool = False

    @property
    def groups(self) -> list[tuple[QueueState, list[Line]]]:
        """Those who are in the house, nearest to the room first."""
        return [(state, self.lines[state]) for state in GROUPS]

    @property
    def over(self) -> list[Line]:
        """Those who were seen or went away, the latest first."""
        return [*reversed(self.lines[QueueState.DONE]), *reversed(self.lines[QueueState.LEFT])]

    @property
    def waiting(self) -> int:
        return len(self.lines[QueueState.WAITING])

    @property
    def seen(self) -> int:
        return len(self.lines[QueueState.DONE])

    @property
    def left(self) -> int:
        return len(self.lines[QueueState.LEFT])

    @cached_property
    def head_version(self) -> str:
        """Of the heading with the button."""
        session = self.session
        return _digest(session.status, session.location_id, session.starts_at, session.ends_at, self.waiting > 0)

    @cached_property
    def version(self) -> str:
        """Of the whole column."""
        lines = [line.version for state in (*GROUPS, *OVER) for line in self.lines[state]]
        return _digest(self.head_version, lines)


@dataclass(frozen=True)
class Choice:
    """Which queues are shown: of a department (none: of all), and of those one session or room."""

    department: Department | None = None
    only: UUID | None = None


def acts_open_to(user: User) -> set[str]:
    """The acts for which the person has the right."""
    return {act for act, right in RIGHTS.items() if user.has_perm(right)}


def sessions_of(user: User, department: Department | None) -> list[Session]:
    """Sessions of today that `user` may see, by time and practitioner."""
    rows = pool.sessions(user).on(clock.today()).exclude(status=SessionStatus.CANCELLED)
    rows = rows.filter(service__department=department) if department else rows
    return list(rows.for_list().order_by("starts_at", "practitioner__name_pinyin", "pk"))


def is_over(session: Session, at: dt.datetime, busy: set[int]) -> bool:
    """Its time has passed and nobody of it is in the house any more."""
    return session.ends_at < at and session.pk not in busy


def shown_of(sessions: list[Session], choice: Choice, at: dt.datetime) -> list[Session]:
    """Those of the chosen room or session; without a choice those that are not over."""
    if choice.only:
        return [one for one in sessions if choice.only in (one.uuid, one.location and one.location.uuid)]
    live = QueueEntry.objects.filter(session__in=sessions, state__in=LIVE).order_by()
    busy = set(live.values_list("session_id", flat=True))
    return [one for one in sessions if not is_over(one, at, busy)]


def columns(user: User, sessions: Iterable[Session], at: dt.datetime | None = None) -> list[Column]:
    """The columns of `sessions`, in their order; a fixed number of statements."""
    sessions, may = list(sessions), acts_open_to(user)
    drawn = {one.pk: Column(one, may_call="call" in may) for one in sessions}
    entries = list(_entries(user, drawn))
    called, visits = _calls(entries), _visits(entries)
    told = waiting_times.of_sessions(sessions, at or clock.now())
    for entry in entries:
        line = Line(entry, acts_of(entry.state) & may, *called.get(entry.pk, (0, None)))
        line.visit, line.estimate = visits.get(entry.appointment_id), told.get(entry.pk)
        drawn[entry.session_id].lines[entry.state].append(line)
    return list(drawn.values())


def columns_of(user: User, sessions: Iterable[UUID]) -> list[Column]:
    """Some columns anew, after something happened in them."""
    return columns(user, pool.sessions(user).for_list().filter(uuid__in=set(sessions)))


def _entries(user: User, sessions: Iterable[int]) -> QuerySet[QueueEntry]:
    rows = seeing.entries(user).filter(session__in=list(sessions)).exclude(state=QueueState.UNDONE)
    return rows.select_related("appointment__patient", "location").in_order()


def _calls(entries: list[QueueEntry]) -> dict[int, tuple[int, dt.datetime]]:
    """Ticket id -> how often it was called, and when last."""
    known = [one.pk for one in entries if one.state in (QueueState.CALLED, QueueState.SKIPPED)]
    rows = Call.objects.filter(entry__in=known).order_by().values("entry").annotate(n=Count("pk"), last=Max("at"))
    return {row["entry"]: (row["n"], row["last"]) for row in rows}


def _visits(entries: list[QueueEntry]) -> dict[int, Encounter]:
    """Appointment id -> its latest encounter."""
    known = [one.appointment_id for one in entries if one.state in (QueueState.INSIDE, QueueState.DONE)]
    return {one.appointment_id: one for one in Encounter.objects.filter(appointment__in=known).order_by("pk")}


def others_today(user: User, entry: QueueEntry) -> list[Session]:
    """Sessions of today in the ticket's department to which it can be handed over, with how many wait there."""
    rows = pool.sessions(user).on(entry.day).exclude(status=SessionStatus.CANCELLED).exclude(pk=entry.session_id)
    rows = rows.filter(service__department=entry.series_id, ends_at__gt=clock.now()).for_list()
    waiting = Count("queue", filter=Q(queue__state=QueueState.WAITING))
    return list(rows.annotate(waiting=waiting).order_by("starts_at", "practitioner__name_pinyin", "pk"))


def _digest(*facts: Any) -> str:
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]
