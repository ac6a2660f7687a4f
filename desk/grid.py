"""One day as a table: practitioners by time. Statements do not grow with practitioners, times or bookings."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from accounts.models import User
from common import clock
from directory.models import Department, HealthcareService, Practitioner
from scheduling import seeing
from scheduling.models import CLAIMING, Appointment, AppointmentStatus, Closure, Session, SessionStatus, Slot

ICONS = {
    AppointmentStatus.HELD: "hourglass_top",
    AppointmentStatus.ARRIVED: "how_to_reg",
    AppointmentStatus.FULFILLED: "done_all",
    AppointmentStatus.NOSHOW: "person_off",
}


@dataclass
class Cell:
    """One slot on screen: who is in it and what may be done with it now."""

    slot: Slot
    at: dt.datetime
    bookings: list[Appointment] = field(default_factory=list)
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
    def shown(self) -> list[tuple[Appointment, str]]:
        """Bookings with the symbol of their state, by place."""
        return [(booking, icon_of(booking)) for booking in self.bookings]


def icon_of(booking: Appointment) -> str:
    """The symbol beside a name; a plain booking, which most are, has none."""
    if booking.status == AppointmentStatus.BOOKED:
        return "check" if booking.confirmed_at else ""
    return ICONS.get(booking.status, "")


@dataclass
class Column:
    """A practitioner and their sessions of the day."""

    practitioner: Practitioner
    sessions: list[Session] = field(default_factory=list)

    def places(self, *, by_department: bool) -> list[str]:
        """Services (or departments) and rooms, each once."""
        what = ((s.service.department if by_department else s.service, s.location) for s in self.sessions)
        return list(dict.fromkeys(" · ".join(str(part) for part in parts if part) for parts in what))


@dataclass
class Box:
    """Where the table draws something: a practitioner's slots at a time, as many rows high as they last."""

    column: int
    cells: list[Cell]
    height: int = 1


@dataclass
class DayGrid:
    """Columns, and rows of (time, boxes that begin there)."""

    columns: list[Column]
    rows: list[tuple[dt.datetime, list[Box]]]

    @property
    def free(self) -> int:
        """Places that can be booked now."""
        return sum(cell.left for _time, row in self.rows for box in row for cell in box.cells if cell.is_bookable)


def of_day(
    user: User,
    day: dt.date,
    *,
    department: Department | None = None,
    service: HealthcareService | None = None,
    session: UUID | None = None,
    at: dt.datetime | None = None,
) -> DayGrid:
    """The grid of `day` that `user` may see; of one department, service or session if given."""
    rows = seeing.slots(user).with_session().filter(session__day=day)
    rows = rows.exclude(session__status=SessionStatus.CANCELLED)
    if department:
        rows = rows.filter(service__department=department)
    if service:
        rows = rows.filter(service=service)
    if session:
        rows = rows.filter(session__uuid=session)
    return _arrange(cells(rows, at or clock.now()))


def cell_of(user: User, slot: UUID) -> Cell | None:
    """One cell anew, after something happened in it."""
    found = cells_of(user, [slot])
    return found[0] if found else None


def cells_of(user: User, slots: Iterable[UUID]) -> list[Cell]:
    """Several cells anew."""
    return cells(seeing.slots(user).with_session().filter(uuid__in=slots), clock.now())


def full_beside(slot: Slot) -> list[UUID]:
    """The full times of the slot's session, which share its extra places, itself first."""
    rows = Slot.objects.filter(session=slot.session_id, taken__gte=F("capacity")).order_by("starts_at")
    return [slot.uuid, *rows.values_list("uuid", flat=True)]


def departments_of(user: User, day: dt.date) -> tuple[list[Department], Department | None]:
    """Departments to choose from, and the one to begin with: the first that has a session on `day`."""
    known = list(Department.objects.visible_to(user).filter(is_active=True).select_related("site"))
    busy = set(seeing.sessions(user).filter(day=day).order_by().values_list("service__department", flat=True))
    return known, next((one for one in known if one.pk in busy), known[0] if known else None)


def cells(slots: QuerySet[Slot], at: dt.datetime) -> list[Cell]:
    """Each of these slots with its bookings, in order of time; four statements."""
    cells = {slot.pk: Cell(slot, at) for slot in slots.order_by("starts_at", "pk")}
    sessions = {cell.slot.session_id for cell in cells.values()}
    for booking in _bookings(sessions, at):
        if booking.slot_id in cells:
            cells[booking.slot_id].bookings.append(booking)
    used = _extra_used(sessions)
    for cell in cells.values():
        session = cell.slot.session
        cell.extra_left = max(0, session.overbook_limit - used.get(session.pk, 0))
    return list(cells.values())


def _extra_used(sessions: Iterable[int]) -> dict[int, int]:
    """Session -> places beyond capacity that are taken."""
    rows = Slot.objects.filter(session__in=sessions, overbooking__gt=0).order_by()
    return dict(rows.values_list("session").annotate(Sum("overbooking")))


def _bookings(sessions: Iterable[int], at: dt.datetime) -> QuerySet[Appointment]:
    ended = Q(status=AppointmentStatus.HELD, held_until__lte=at)
    rows = Appointment.objects.filter(slot__session__in=sessions, status__in=CLAIMING).exclude(ended)
    return rows.select_related("patient").order_by("slot_id", "place")


def _arrange(cells: list[Cell]) -> DayGrid:
    columns: dict[int, Column] = {}
    placed: dict[tuple[dt.datetime, int], list[Cell]] = {}
    for cell in cells:
        session = cell.slot.session
        session.service = cell.slot.service  # the same by construction, and read already
        column = columns.setdefault(session.practitioner_id, Column(session.practitioner))
        if all(known.pk != session.pk for known in column.sessions):
            column.sessions.append(session)
        placed.setdefault((cell.slot.starts_at, session.practitioner_id), []).append(cell)
    people = sorted(columns.values(), key=_order)
    times = sorted({time for time, _person in placed})
    rows: list[list[Box]] = [[] for _time in times]
    for number, column in enumerate(people):
        for row, box in _boxes(number, [placed.get((time, column.practitioner.pk), []) for time in times], times):
            rows[row].append(box)
    return DayGrid(people, list(zip(times, rows, strict=True)))


def _boxes(number: int, cells: list[list[Cell]], times: list[dt.datetime]) -> Iterator[tuple[int, Box]]:
    """(row, box) down one column: a slot reaches down to its end, or to the next slot if that comes before."""
    row = 0
    while row < len(times):
        ends = max((cell.slot.ends_at for cell in cells[row]), default=times[row])
        height = 1
        while row + height < len(times) and times[row + height] < ends and not cells[row + height]:
            height += 1
        yield row, Box(number, cells[row], height)
        row += height


def _order(column: Column) -> tuple:
    person = column.practitioner
    return (column.sessions[0].service.department_id, person.name_pinyin, person.pk)
