"""The board as a table: practitioners by time for a day, or days by time for one practitioner's week.

Statements do not grow with practitioners, times or bookings. Rows are times of the wall clock.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from common import clock
from desk.cells import Cell, cells
from directory.models import Department, HealthcareService, Practitioner, Site
from scheduling import seeing
from scheduling.models import Session, SessionStatus, Slot

WEEK = 7


@dataclass
class Column:
    """A practitioner's day."""

    practitioner: Practitioner
    day: dt.date
    sessions: list[Session] = field(default_factory=list)

    def places(self, *, by_department: bool) -> list[str]:
        """Services (or departments) and rooms, each once."""
        what = ((s.service.department if by_department else s.service, s.location) for s in self.sessions)
        return list(dict.fromkeys(" · ".join(str(part) for part in parts if part) for parts in what))


@dataclass
class Box:
    """Where the table draws something: a column's slots at a time, as many rows high as they last."""

    column: int
    cells: list[Cell]
    height: int = 1


@dataclass
class Grid:
    """Columns, and rows of (time of the wall clock, boxes that begin there)."""

    columns: list[Column]
    rows: list[tuple[dt.time, list[Box]]]

    @property
    def cells(self) -> Iterator[Cell]:
        """All of them, row by row."""
        return (cell for _time, row in self.rows for box in row for cell in box.cells)

    @property
    def shape(self) -> str:
        """Says which times there are (`changes.shape`)."""
        times = [cell.slot.pk for cell in self.cells]
        return f"{len(times)}-{max(times, default=0)}"

    @property
    def free(self) -> int:
        """Places that can be booked now."""
        return sum(cell.left for cell in self.cells if cell.is_bookable)


@dataclass(frozen=True)
class Asked:
    """What the board is to show: a day of some place, or a week (`practitioner`) that begins on `day`."""

    day: dt.date
    site: Site | None = None
    department: Department | None = None
    service: HealthcareService | None = None
    session: UUID | None = None
    practitioner: Practitioner | None = None

    @property
    def days(self) -> list[dt.date]:
        """One, or seven."""
        return [self.day + dt.timedelta(days=n) for n in range(WEEK if self.practitioner else 1)]

    def slots(self, user: User) -> QuerySet[Slot]:
        """Those times that `user` may see."""
        rows = seeing.slots(user).filter(session__day__in=self.days)
        wanted = {
            "service__department__site": self.site,
            "service__department": self.department,
            "service": self.service,
            "session__uuid": self.session,
            "session__practitioner": self.practitioner,
        }
        rows = rows.filter(**{name: value for name, value in wanted.items() if value})
        return rows.exclude(session__status=SessionStatus.CANCELLED)


def of(user: User, asked: Asked, at: dt.datetime | None = None) -> Grid:
    """The grid of what was asked, as far as `user` may see it."""
    found = cells(asked.slots(user), at or clock.now(), whole=True)
    if asked.practitioner is None:
        return _arrange(found, lambda cell: (cell.slot.session.practitioner_id, cell.slot.session.day), _by_name)
    whole = [Column(asked.practitioner, day) for day in asked.days]
    grid = _arrange(found, lambda cell: (asked.practitioner.pk, cell.slot.session.day), lambda c: c.day, whole)
    return grid if grid.rows else Grid([], [])


def departments_of(user: User, day: dt.date) -> tuple[list[Department], Department | None]:
    """Departments to choose from, and the one to begin with."""
    known = places_of(user)
    return known, first_of(user, known, day)


def places_of(user: User) -> list[Department]:
    """Departments to choose from."""
    return list(Department.objects.visible_to(user).filter(is_active=True).select_related("site"))


def first_of(user: User, known: list[Department], day: dt.date) -> Department | None:
    """The one to begin with: the first that has a session on `day`."""
    busy = set(seeing.sessions(user).filter(day=day).order_by().values_list("service__department", flat=True))
    return next((one for one in known if one.pk in busy), known[0] if known else None)


Key = tuple[int, dt.date]


def _arrange(
    found: list[Cell],
    key_of: Callable[[Cell], Key],
    order: Callable[[Column], Any],
    columns: list[Column] | None = None,
) -> Grid:
    """columns: those that are drawn even when nothing is in them."""
    known = {(column.practitioner.pk, column.day): column for column in columns or ()}
    placed: dict[Key, dict[dt.datetime, list[Cell]]] = defaultdict(lambda: defaultdict(list))
    wall = _Wall()
    for cell in found:
        key, session = key_of(cell), cell.slot.session
        if key not in known:
            known[key] = Column(session.practitioner, session.day)
        if all(one is not session for one in known[key].sessions):
            known[key].sessions.append(session)
        placed[key][wall[cell.slot.starts_at, session.day]].append(cell)
    times = sorted({time for column in placed.values() for time in column})
    keys = sorted(known, key=lambda key: order(known[key]))
    rows: list[list[Box]] = [[] for _time in times]
    for number, key in enumerate(keys):
        inside = placed.get(key, {})
        for row, box in _boxes(number, [inside.get(time, []) for time in times], times, wall):
            rows[row].append(box)
    return Grid([known[key] for key in keys], [(time.time(), row) for time, row in zip(times, rows, strict=True)])


class _Wall(dict[tuple[dt.datetime, dt.date], dt.datetime]):
    """(instant, day of the session) -> the wall clock's time, with that day taken away: sessions of different days
    stand side by side. Each is worked out once: many cells begin and end at the same time."""

    def __missing__(self, key: tuple[dt.datetime, dt.date]) -> dt.datetime:
        at, day = key
        self[key] = clock.local(at).replace(tzinfo=None) - (day - dt.date.min)
        return self[key]


def _boxes(number: int, column: list[list[Cell]], times: list[dt.datetime], wall: _Wall) -> Iterator[tuple[int, Box]]:
    """(row, box) down one column: a slot reaches down to its end, or to the next slot if that comes before."""
    row = 0
    while row < len(times):
        ends = max((wall[cell.slot.ends_at, cell.slot.session.day] for cell in column[row]), default=times[row])
        height = 1
        while row + height < len(times) and times[row + height] < ends and not column[row + height]:
            height += 1
        yield row, Box(number, column[row], height)
        row += height


def _by_name(column: Column) -> tuple[Any, ...]:
    person = column.practitioner
    return (column.sessions[0].service.department_id, person.name_pinyin, person.pk)
