"""The times of the pool as a desk sees them: who is in each, and what may be done with it now.

Read as plain rows: a board of 60 practitioners by 40 times has 2,400 of them, and models would take longer to make
than to read (benchmark `desk`).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.utils.functional import cached_property

from accounts.models import User
from common import clock
from directory.models import HealthcareService
from scheduling import seeing
from scheduling.models import CLAIMING, Appointment, AppointmentStatus, Closure, Session, SessionStatus, Slot
from scheduling.models.appointment import TONE

ICONS = {
    AppointmentStatus.HELD: "hourglass_top",
    AppointmentStatus.ARRIVED: "how_to_reg",
    AppointmentStatus.FULFILLED: "done_all",
    AppointmentStatus.NOSHOW: "person_off",
}


@dataclass(slots=True)
class Time:
    """A slot with its session, without the counters: who is in it is read from the bookings."""

    pk: int
    uuid: UUID
    session_id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    capacity: int
    closed: str
    overbooking: int
    session: Session = None  # set right after reading

    @property
    def service(self) -> HealthcareService:
        """The session's, by construction."""
        return self.session.service


TIME_FIELDS = ("pk", "uuid", "session_id", "starts_at", "ends_at", "capacity", "closed", "overbooking")


@dataclass(slots=True)
class Claim:
    """A booking or hold as far as a cell shows it; `name` is None for a hold without a patient."""

    slot_id: int
    uuid: UUID
    status: str
    place: int
    confirmed_at: dt.datetime | None
    held_until: dt.datetime | None
    is_overbooked: bool
    name: str | None

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return TONE[self.status]


CLAIM_FIELDS = (
    "slot_id", "uuid", "status", "place", "confirmed_at", "held_until", "is_overbooked", "patient__name",
)  # fmt: skip


@dataclass
class Cell:
    """One slot on screen: who is in it and what may be done with it now."""

    slot: Time
    at: dt.datetime
    bookings: list[Any] = field(default_factory=list)
    extra_left: int = 0  # places beyond capacity that the session still has (加号)

    @property
    def left(self) -> int:
        """Places that nobody has; ended holds were not read, so they count as free."""
        return max(0, self.slot.capacity - len(self.bookings))

    @cached_property
    def state(self) -> str:
        """`blocked`, `stopped`, `past`, `later` (not released yet), `full`, `part` or `free`."""
        session = self.slot.session
        if self.slot.closed == Closure.STOPPED or session.status != SessionStatus.OPEN:
            return "stopped"
        if self.slot.closed:
            return "blocked"
        if self.left == 0:
            return "full"
        if self.slot.ends_at <= self.at:
            return "past"
        if not session.is_released(self.at):
            return "later"
        return "part" if self.bookings else "free"

    @property
    def is_bookable(self) -> bool:
        """Is there a place for the next caller?"""
        return self.state in ("free", "part")

    @property
    def is_overbookable(self) -> bool:
        """Full, but somebody with the right could still squeeze a patient in."""
        is_open = self.slot.ends_at > self.at and self.slot.session.is_released(self.at)
        return self.state == "full" and is_open and self.extra_left > 0

    @property
    def is_blockable(self) -> bool:
        """Could somebody with the right close it, or open it again?"""
        return self.slot.ends_at > self.at and self.state != "stopped"


def icon_of(booking: Any) -> str:
    """The symbol beside a name; a plain booking, which most are, has none."""
    if booking.status == AppointmentStatus.BOOKED:
        return "check" if booking.confirmed_at else ""
    return ICONS.get(booking.status, "")


def cell_of(user: User, slot: UUID) -> Cell | None:
    """One cell anew, after something happened in it."""
    found = cells_of(user, [slot])
    return found[0] if found else None


def cells_of(user: User, slots: Iterable[UUID]) -> list[Cell]:
    """Several cells anew."""
    return cells(seeing.slots(user).filter(uuid__in=slots), clock.now())


def full_beside(slot: Slot) -> list[UUID]:
    """The full times of the slot's session, which share its extra places, itself first."""
    rows = Slot.objects.filter(session=slot.session_id, taken__gte=F("capacity")).order_by("starts_at")
    return [slot.uuid, *rows.values_list("uuid", flat=True)]


def claims(rows: QuerySet[Appointment]) -> Iterable[Claim]:
    """What a cell shows of bookings. Not by `iterator`: a cursor is planned for its first rows, and all are read."""
    return (Claim(*row) for row in rows.values_list(*CLAIM_FIELDS))


def cells(
    slots: QuerySet[Slot],
    at: dt.datetime,
    read: Callable[[QuerySet[Appointment]], Iterable[Any]] = claims,
    *,
    whole: bool = False,
) -> list[Cell]:
    """Each of these slots with its bookings, in order of time; three statements, four for parts of sessions.

    read: how much of a booking. whole: `slots` are all times of their sessions.
    """
    times = [Time(*row) for row in slots.order_by().values_list(*TIME_FIELDS)]
    sessions = _sessions({time.session_id for time in times})
    for time in times:
        time.session = sessions[time.session_id]
    times.sort(key=lambda time: (time.starts_at, time.pk))
    found = {time.pk: Cell(time, at) for time in times}
    for booking in read(_bookings(sessions, at)):
        if booking.slot_id in found:
            found[booking.slot_id].bookings.append(booking)
    used = _sum_of_extra(times) if whole else _extra_used(sessions)
    for cell in found.values():
        cell.extra_left = max(0, cell.slot.session.overbook_limit - used.get(cell.slot.session_id, 0))
    return list(found.values())


def _sessions(pks: Iterable[int]) -> dict[int, Session]:
    rows = Session.objects.filter(pk__in=pks).order_by()
    return {one.pk: one for one in rows.select_related("practitioner", "location", "service__department__site")}


def _sum_of_extra(times: list[Time]) -> dict[int, int]:
    used: dict[int, int] = defaultdict(int)
    for time in times:
        used[time.session_id] += time.overbooking
    return used


def _extra_used(sessions: Iterable[int]) -> dict[int, int]:
    """Session -> places beyond capacity that are taken."""
    rows = Slot.objects.filter(session__in=list(sessions), overbooking__gt=0).order_by()
    return dict(rows.values_list("session").annotate(Sum("overbooking")))


def _bookings(sessions: Iterable[int], at: dt.datetime) -> QuerySet[Appointment]:
    ended = Q(status=AppointmentStatus.HELD, held_until__lte=at)
    rows = Appointment.objects.filter(slot__session__in=list(sessions), status__in=CLAIMING).exclude(ended)
    return rows.order_by("slot_id", "place")
