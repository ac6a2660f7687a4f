"""What goes on today: each session with what has become of its bookings. Statements do not grow with sessions.

Counts of bookings go by their status; `waiting` and `inside` go by tickets, which may have been handed to another
session. `left` is counted as the day grid counts it: ended holds are free places.
"""

import base64
import datetime as dt
import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from accounts.models import User
from common import clock
from desk.choosing import EVERYTHING, Choice, options
from scheduling import seeing
from scheduling.models import Appointment, AppointmentStatus, Closure, Session, SessionStatus, Slot
from scheduling.models.session import SESSION_TONE, needs_settling
from visits.models import IN_WAITING_ROOM, QueueEntry, QueueState

TOO_LONG = dt.timedelta(minutes=45)  # who waits longer is named above the list
LAPSING = dt.timedelta(minutes=10)
BY_STATUS = {
    AppointmentStatus.BOOKED: "booked",
    AppointmentStatus.ARRIVED: "arrived",
    AppointmentStatus.FULFILLED: "seen",
    AppointmentStatus.NOSHOW: "absent",
}
STATUS_OF = {name: status for status, name in BY_STATUS.items()}


@dataclass
class Line:
    """One session of today in numbers."""

    session: Session
    counts: Counter = field(default_factory=Counter)

    @property
    def tone(self) -> str:
        """The badge's colour."""
        return SESSION_TONE[self.session.status]

    @property
    def version(self) -> str:
        """Four letters that change when the line has to be drawn again."""
        session = self.session
        names = (session.practitioner, session.service, session.location, session.status, session.ends_at)
        return mark(session.pk, *map(str, names), *sorted(self.counts.items()))


@dataclass
class Today:
    """The lines, and what somebody should look at first."""

    at: dt.datetime
    lines: list[Line]
    stopped: int = 0
    offers: int = 0
    holds: list[Appointment] = field(default_factory=list)
    choices: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def day(self) -> dt.date:
        """Which day today is."""
        return clock.today(self.at)

    @property
    def clock(self) -> str:
        """When it was counted, to the second."""
        return f"{clock.local(self.at):%H:%M:%S}"

    @property
    def unreachable(self) -> int:
        """Bookings whose patients have no usable phone."""
        return sum(line.counts["unreachable"] for line in self.lines)

    @property
    def late(self) -> int:
        """People who have waited too long."""
        return sum(line.counts["late"] for line in self.lines)

    @property
    def order(self) -> str:
        """Changes when lines come or go."""
        return mark(*(line.session.pk for line in self.lines))

    @property
    def alerts(self) -> str:
        """Changes when something above the list does."""
        holds = [(hold.pk, hold.held_until) for hold in self.holds]
        return mark(self.stopped, self.unreachable, self.offers, self.late, holds)


def mark(*parts: object) -> str:
    """Four letters made from `parts`."""
    return base64.urlsafe_b64encode(hashlib.blake2b(repr(parts).encode(), digest_size=3).digest()).decode()


def of(user: User, choice: Choice = EVERYTHING, at: dt.datetime | None = None) -> Today:
    """Today in the scope of `user`, at most twelve statements with those for the person's rights."""
    at = at or clock.now()
    today = clock.today(at)
    rows = seeing.sessions(user).filter(day__gte=today).filter(Q(day=today) | needs_settling())
    known = list(rows.for_list().order_by("starts_at", "practitioner__name_pinyin", "pk"))
    of_today = [session for session in known if session.day == today]
    lines = counted([session for session in of_today if choice.fits(session)], at, _sees_queue(user))
    ahead = sum(session.day > today and choice.fits(session) for session in known)
    stopped = sum(line.session.status != SessionStatus.OPEN and line.counts["booked"] > 0 for line in lines)
    return Today(at, lines, ahead + stopped, _offers(user, choice, at), _holds(user, at), options(of_today, choice))


def _sees_queue(user: User) -> bool:
    return user.has_perm("visits.view_queueentry")


def counted(sessions: list[Session], at: dt.datetime, with_queue: bool = True) -> list[Line]:
    """Each session with its numbers, in three statements."""
    lines = {session.pk: Line(session) for session in sessions}
    _count_bookings(lines)
    if with_queue:
        _count_tickets(lines, at)
    for pk, left in _places_left(lines, at):
        lines[pk].counts["left"] = left
    return list(lines.values())


def _count_bookings(lines: dict[int, Line]) -> None:
    rows = Appointment.objects.filter(slot__session__in=lines, status__in=BY_STATUS).with_reach().order_by()
    groups = rows.values_list("slot__session", "status", "is_reachable").annotate(n=Count("pk"))
    for pk, status, is_reachable, n in groups:
        lines[pk].counts[BY_STATUS[status]] += n
        if status == AppointmentStatus.BOOKED and not is_reachable:
            lines[pk].counts["unreachable"] += n


def _count_tickets(lines: dict[int, Line], at: dt.datetime) -> None:
    rows = QueueEntry.objects.filter(session__in=lines, state__in=(*IN_WAITING_ROOM, QueueState.INSIDE))
    late = Q(pk__in=QueueEntry.objects.filter(session__in=lines).waiting_since(at - TOO_LONG).order_by().values("pk"))
    groups = rows.order_by().values_list("session", "state").annotate(n=Count("pk"), late=Count("pk", filter=late))
    for pk, state, n, waited in groups:
        lines[pk].counts["inside" if state == QueueState.INSIDE else "waiting"] += n
        lines[pk].counts["late"] += waited


def _places_left(sessions: Any, at: dt.datetime) -> QuerySet:
    """(session, places that the next caller could have)."""
    ended = Appointment.objects.expired_holds(at).filter(slot=OuterRef("pk")).order_by().values("slot")
    ended_n = Coalesce(Subquery(ended.annotate(n=Count("pk")).values("n")), 0)
    free = Slot.objects.filter(session__in=sessions, closed=Closure.OPEN, ends_at__gt=at)
    free = free.filter(session__status=SessionStatus.OPEN, session__released_at__lte=at)
    left = Greatest(F("capacity") - F("taken") + F("ended"), 0)
    return free.annotate(ended=ended_n).order_by().values_list("session").annotate(n=Sum(left))


def _offers(user: User, choice: Choice, at: dt.datetime) -> int:
    return lapsing_offers(user, choice, at).count() if user.has_perm("scheduling.view_waitlistoffer") else 0


def lapsing_offers(user: User, choice: Choice, at: dt.datetime) -> QuerySet:
    """Offers that end within ten minutes."""
    return seeing.offers(user).lapsing(at, LAPSING).filter(choice.at("entry__service__department"))


def _holds(user: User, at: dt.datetime) -> list[Appointment]:
    """Bookings that the person began and did not finish, the one that ends first in front."""
    if not user.has_perm("scheduling.add_appointment"):
        return []
    return list(Appointment.objects.holds_of(user, at).for_desk().order_by("held_until"))
