"""Two sessions in one room at the same time: told, not refused, for some rooms are shared on purpose."""

import datetime as dt
from collections import defaultdict
from typing import NamedTuple

from scheduling.models import Session, SessionStatus


class Shared(NamedTuple):
    """A session of the roster, perhaps not stored yet, and another one that is in its room at the same time."""

    session: Session
    other: Session


def shared_by(coming: list[Session]) -> list[Shared]:
    """Which of these sessions meet others in their room, in order of time."""
    rooms = {session.location_id for session in coming if session.location_id}
    if not rooms:
        return []
    there: dict[tuple[int, dt.date], list[Session]] = defaultdict(list)
    rows = Session.objects.filter(location__in=rooms, day__in={session.day for session in coming})
    for other in rows.exclude(status=SessionStatus.CANCELLED).select_related("practitioner", "location"):
        there[other.location_id, other.day].append(other)
    return [Shared(one, other) for one in coming for other in there[one.location_id, one.day] if _meet(one, other)]


def _meet(one: Session, other: Session) -> bool:
    """At the same time, and not a session of the same line of the roster."""
    return one.schedule_id != other.schedule_id and one.starts_at < other.ends_at and one.ends_at > other.starts_at
