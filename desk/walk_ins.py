"""Where somebody without a booking can still get in today: sessions with their next free time, and why not."""

import datetime as dt
from dataclasses import dataclass, field

from accounts.models import User
from common import clock
from desk.cells import Cell, Time, cells
from scheduling import seeing
from scheduling.models import Session, SessionStatus


@dataclass
class Opening:
    """A session of today that is not over, and what is left of it."""

    session: Session
    cells: list[Cell] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Free places of the times to come."""
        return sum(cell.left for cell in self.cells if cell.is_bookable)

    @property
    def slot(self) -> Time | None:
        """The next free time."""
        return next((cell.slot for cell in self.cells if cell.is_bookable), None)

    @property
    def extra(self) -> Time | None:
        """The next full time into which one more could be squeezed (加号)."""
        return next((cell.slot for cell in self.cells if cell.is_overbookable), None)

    @property
    def is_stopped(self) -> bool:
        """Takes nobody new."""
        return all(cell.state in ("stopped", "blocked") for cell in self.cells)


def openings(user: User, at: dt.datetime | None = None) -> list[Opening]:
    """Sessions of today that have not ended, those with a free place first, then by time."""
    at = at or clock.now()
    found: dict[int, Opening] = {}
    today = seeing.slots(user).filter(session__day=clock.today(at)).exclude(session__status=SessionStatus.CANCELLED)
    for cell in cells(today.filter(ends_at__gt=at), at):
        found.setdefault(cell.slot.session_id, Opening(cell.slot.session)).cells.append(cell)
    return sorted(found.values(), key=lambda one: (one.slot is None, one.session.starts_at))
