"""Who is called first: one moment per person, and the earliest is next. Hospital policy in four lines.

1. On time or early: the turn is the time of the appointment. Coming early gains nothing, so nobody has to.
2. Late by more than GRACE: the turn is the arrival, so nobody who was on time waits for a latecomer.
3. A walk-in's turn is the arrival; somebody back with results has the turn of their return less RESULTS, since
   their visit is half done.
4. Those of 75 and over, and the frail, are HEAD_START before that. Urgent ones come before everybody.

Source: the practice of Chinese outpatient clinics (分诊: 预约优先、过号顺延、回诊穿插、老年人优先).
The minutes are ours.
"""

import datetime as dt

from visits.models import Priority, VisitKind

GRACE = dt.timedelta(minutes=10)
RESULTS = dt.timedelta(minutes=30)
HEAD_START = dt.timedelta(minutes=15)
BEFORE_ALL = dt.timedelta(days=1)
OLD = 75  # completed years


def turn(*, kind: str, priority: str, due: dt.datetime, arrived: dt.datetime) -> dt.datetime:
    """The moment by which a person is placed in the queue. due: start of the appointment; both aware."""
    return _base(kind, due, arrived) - _advance(priority)


def _base(kind: str, due: dt.datetime, arrived: dt.datetime) -> dt.datetime:
    if kind == VisitKind.RESULTS:
        return arrived - RESULTS
    if kind == VisitKind.WALK_IN:
        return arrived
    return due if arrived <= due + GRACE else arrived


def _advance(priority: str) -> dt.timedelta:
    if priority == Priority.URGENT:
        return BEFORE_ALL
    return HEAD_START if priority in (Priority.OLD, Priority.FRAIL) else dt.timedelta(0)


def priority_of(age: int | None, asked: str = "") -> str:
    """What was asked for at the counter, else by age in completed years; unknown age is no priority."""
    return asked or (Priority.OLD if age is not None and age >= OLD else Priority.NONE)


def behind(turns: list[dt.datetime], places: int) -> dt.datetime | None:
    """The turn of somebody put back behind the next `places` of those waiting (`turns` in order); None when the queue
    is empty. A microsecond after the last one passed, so that who comes later in the queue stays later."""
    return turns[min(places, len(turns)) - 1] + dt.timedelta(microseconds=1) if turns else None
