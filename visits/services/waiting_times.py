"""How long somebody will still wait: a range, made from how long visits of this practitioner and service took.

The lengths of the last KNOWN encounters give mean m and variance v. Before somebody with `ahead` people in front of
them lie the rest of the running visit (its expected length less what has passed, at least a quarter of m) and `ahead`
whole visits. Their sum has about the mean and variance of a normal distribution (central limit theorem); the range is
its middle 60 %, rounded outward to 5 minutes. With fewer than ENOUGH lengths the planned length of the
service stands in for m, and half of it for the spread.
"""

import datetime as dt
import math
from dataclasses import dataclass
from statistics import fmean, pvariance

from common import clock
from scheduling.models import Session
from visits.models import Encounter, QueueEntry, QueueState

KNOWN = 60  # the latest encounters that are looked at: about a week of a full clinic
ENOUGH = 8
MIDDLE = 0.8416  # standard deviations either side of the mean that hold 60 % of a normal distribution
LONGEST = dt.timedelta(hours=2)  # an encounter left open by mistake says nothing about lengths
STEP = 5  # minutes


@dataclass(frozen=True)
class Length:
    """Mean in minutes and variance in minutes squared of one visit."""

    mean: float
    variance: float


@dataclass(frozen=True)
class Estimate:
    """Between `low` and `high` minutes from `at`; `expected` is the mean, for measuring how good it is."""

    low: int
    high: int
    expected: float
    at: dt.datetime


def estimate(*, length: Length, ahead: int, running_for: float | None, at: dt.datetime) -> Estimate:
    """The wait of somebody with `ahead` people in front; running_for: minutes that the visit inside has lasted."""
    rest = 0.0 if running_for is None else max(length.mean - running_for, length.mean / 4)
    expected = rest + ahead * length.mean
    visits = ahead + (0 if running_for is None else 1)
    spread = MIDDLE * math.sqrt(visits * length.variance)
    low, high = max(0.0, expected - spread), expected + spread
    return Estimate(STEP * math.floor(low / STEP), max(STEP, STEP * math.ceil(high / STEP)), expected, at)


def of_session(session: Session, at: dt.datetime | None = None) -> dict[int, Estimate]:
    """Ticket id -> estimate for everybody who waits for the session, in order; three statements."""
    at = at or clock.now()
    length, begun = length_of(session, at), _running(session)
    running_for = (at - begun).total_seconds() / 60 if begun else None
    waiting = QueueEntry.objects.filter(session=session, state=QueueState.WAITING).in_order()
    called = QueueEntry.objects.filter(session=session, state=QueueState.CALLED).count()
    return {
        pk: estimate(length=length, ahead=called + place, running_for=running_for, at=at)
        for place, pk in enumerate(waiting.values_list("pk", flat=True))
    }


def length_of(session: Session, at: dt.datetime) -> Length:
    """What visits to this practitioner for this service have taken lately."""
    rows = Encounter.objects.filter(
        practitioner=session.practitioner_id, service=session.service_id, ended_at__isnull=False, started_at__lt=at
    )
    spans = [end - start for start, end in rows.values_list("started_at", "ended_at")[:KNOWN]]
    minutes = [span.total_seconds() / 60 for span in spans if span <= LONGEST]
    if len(minutes) >= ENOUGH:
        return Length(fmean(minutes), pvariance(minutes))
    planned = float(session.service.length_minutes)
    return Length(planned, (planned / 2) ** 2)


def _running(session: Session) -> dt.datetime | None:
    inside = Encounter.objects.filter(
        appointment__queue_entries__session=session,
        appointment__queue_entries__state=QueueState.INSIDE,
        ended_at=None,
    )
    return inside.order_by("-started_at").values_list("started_at", flat=True).first()
