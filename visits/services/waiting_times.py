"""How long somebody will still wait: a range, made from how long visits of this practitioner and service took.

The lengths of the last KNOWN encounters give mean m and variance v. Before somebody with `ahead` people in front of
them lie the rest of the running visit (its expected length less what has passed, at least a quarter of m) and `ahead`
whole visits; before a session begins, the minutes until it does. Whoever is booked earlier and not here yet goes in
first if they come in time: each adds SHOW of a visit when they would, coming EARLY before their appointment, be here
before it is this person's turn. The sum has about the mean and variance of a normal distribution (central limit
theorem); the range is its middle 60 %, rounded outward to 5 minutes. With fewer than ENOUGH lengths the planned length
of the service stands in for m, and half of it for the spread. `make bench` measures how good it is.
"""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import fmean, pvariance

from django.db.models import QuerySet, Window
from django.db.models.functions import RowNumber

from common import clock
from scheduling.models import Appointment, AppointmentStatus, Session
from visits.models import Encounter, QueueEntry, QueueState

from . import turns

KNOWN = 60  # the latest encounters that are looked at: about a week of a full clinic
LATELY = dt.timedelta(days=180)  # older encounters are not read
ENOUGH = 8
MIDDLE = 0.8416  # standard deviations either side of the mean that hold 60 % of a normal distribution
LONGEST = dt.timedelta(hours=2)  # an encounter left open by mistake says nothing about lengths
STEP = 5  # minutes
# Of simulated days (benchmarks/suites/waiting.py): who comes does so early, so of those who are due and not here yet
# only about half come at all.
SHOW = 0.5
EARLY = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Length:
    """Mean in minutes and variance in minutes squared of one visit."""

    mean: float
    variance: float


@dataclass
class _Line:
    """Tickets that wait, in order, as (id, turn), how many others are called, and when those not here yet are due."""

    waiting: list[tuple[int, dt.datetime]] = field(default_factory=list)
    called: int = 0
    missing: list[dt.datetime] = field(default_factory=list)


@dataclass(frozen=True)
class Estimate:
    """Between `low` and `high` minutes from `at`; `expected` is the mean, for measuring how good it is.

    ahead: how many who are here go in before.
    """

    low: int
    high: int
    expected: float
    at: dt.datetime
    ahead: int = 0

    @property
    def earliest(self) -> dt.datetime:
        """The time of day that `low` means."""
        return self.at + dt.timedelta(minutes=self.low)


def estimate(
    *,
    length: Length,
    ahead: int,
    running_for: float | None,
    at: dt.datetime,
    begins_in: float = 0.0,
    missing: Iterable[dt.datetime] = (),
) -> Estimate:
    """The wait of somebody with `ahead` people in front; running_for: minutes that the visit inside has lasted.

    begins_in: minutes until the session begins, when it has not begun. missing: when those are due, in order, who would
    go in before this person and are not here yet.
    """
    rest = begins_in if running_for is None else max(length.mean - running_for, length.mean / 4)
    expected = rest + ahead * length.mean
    visits: float = ahead + (0 if running_for is None else 1)
    variance = visits * length.variance
    for due in missing:
        if due - EARLY > at + dt.timedelta(minutes=expected):
            break
        expected += SHOW * length.mean
        variance += SHOW * length.variance + SHOW * (1 - SHOW) * length.mean**2
    spread = MIDDLE * math.sqrt(variance)
    low, high = max(0.0, expected - spread), expected + spread
    return Estimate(STEP * math.floor(low / STEP), max(STEP, STEP * math.ceil(high / STEP)), expected, at, ahead)


def of_session(session: Session, at: dt.datetime | None = None) -> dict[int, Estimate]:
    """Ticket id -> estimate for everybody who waits for the session."""
    return of_sessions([session], at)


def of_sessions(sessions: Iterable[Session], at: dt.datetime | None = None) -> dict[int, Estimate]:
    """Ticket id -> estimate for everybody who waits for one of the sessions; four statements, however many."""
    at = at or clock.now()
    sessions = list(sessions)
    lengths, begun, lines = lengths_of(sessions, at), _running(sessions), _lines(sessions, at)
    return {pk: told for one in sessions for pk, told in _of_line(one, lines[one.pk], lengths, begun, at)}


def _of_line(
    session: Session, line: _Line, lengths: dict[int, Length], begun: dict[int, dt.datetime], at: dt.datetime
) -> Iterator[tuple[int, Estimate]]:
    inside = begun.get(session.pk)
    running_for = (at - inside).total_seconds() / 60 if inside else None
    begins_in = max(0.0, (session.starts_at - at).total_seconds() / 60)
    for place, (pk, turn) in enumerate(line.waiting):
        yield (
            pk,
            estimate(
                length=lengths[session.pk],
                ahead=line.called + place,
                running_for=running_for,
                at=at,
                begins_in=begins_in,
                missing=[due for due in line.missing if due < turn],
            ),
        )


def lengths_of(sessions: list[Session], at: dt.datetime) -> dict[int, Length]:
    """Session id -> what visits to its practitioner for its service have taken lately; one statement."""
    rows = Encounter.objects.filter(
        practitioner__in={one.practitioner_id for one in sessions},
        service__in={one.service_id for one in sessions},
        ended_at__isnull=False,
        started_at__lt=at,
        started_at__gte=at - LATELY,
    )
    rank = Window(RowNumber(), partition_by=["practitioner", "service"], order_by=["-started_at", "-pk"])
    latest = rows.order_by().annotate(rank=rank).filter(rank__lte=KNOWN)
    spans: dict[tuple[int, int], list[dt.timedelta]] = defaultdict(list)
    for who, what, start, end in latest.values_list("practitioner_id", "service_id", "started_at", "ended_at"):
        spans[who, what].append(end - start)
    return {one.pk: _length(one, spans[one.practitioner_id, one.service_id]) for one in sessions}


def length_of(session: Session, at: dt.datetime) -> Length:
    """The same for one session."""
    return lengths_of([session], at)[session.pk]


def _length(session: Session, spans: list[dt.timedelta]) -> Length:
    minutes = [span.total_seconds() / 60 for span in spans if span <= LONGEST]
    if len(minutes) >= ENOUGH:
        return Length(fmean(minutes), pvariance(minutes))
    return planned_length(session)


def planned_length(session: Session) -> Length:
    """What stands in for measured lengths while there are too few."""
    planned = float(session.service.length_minutes)
    return Length(planned, (planned / 2) ** 2)


def _lines(sessions: list[Session], at: dt.datetime) -> dict[int, _Line]:
    """Session id -> who waits, how many are called and so go in before them, and who may still come."""
    lines: dict[int, _Line] = defaultdict(_Line)
    rows = QueueEntry.objects.filter(session__in=sessions, state__in=(QueueState.WAITING, QueueState.CALLED))
    for session, state, pk, turn in rows.in_order().values_list("session_id", "state", "pk", "turn_at"):
        if state == QueueState.CALLED:
            lines[session].called += 1
        else:
            lines[session].waiting.append((pk, turn))
    for session, due in _missing(sessions, at):
        lines[session].missing.append(due)
    return lines


def _missing(sessions: list[Session], at: dt.datetime) -> QuerySet[Appointment, tuple[int, dt.datetime]]:
    """(session id, start) of who is booked and not here yet, and would still keep their turn if they came now."""
    booked = Appointment.objects.filter(
        slot__session__in=sessions, status=AppointmentStatus.BOOKED, starts_at__gte=at - turns.GRACE
    )
    return booked.order_by("starts_at", "pk").values_list("slot__session_id", "starts_at")


def _running(sessions: list[Session]) -> dict[int, dt.datetime]:
    """Session id -> when the visit inside began, the latest if there are several."""
    tickets = QueueEntry.objects.filter(
        session__in=sessions, state=QueueState.INSIDE, appointment__encounters__ended_at=None
    )
    began = tickets.order_by("appointment__encounters__started_at")
    return dict(began.values_list("session_id", "appointment__encounters__started_at"))
