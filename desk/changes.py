"""What has changed on a board since the page last asked, found without reading the board.

Facts are dated when their transaction begins and seen when it ends, so the look goes OVERLAP further back; what the
page shows already is left out by its version. A page that slept for longer than MEMORY is drawn whole.
"""

import datetime as dt

from django.db.models import Count, Max, Q, QuerySet

from common import clock
from desk.cells import Cell, cells
from patients.models import Patient
from scheduling.models import Appointment, AppointmentEvent, AppointmentStatus, Session, Slot
from scheduling.models.event import EventKind

OVERLAP = dt.timedelta(seconds=30)  # longer than a booking waits in line (scheduling/services/line.py)
MEMORY = dt.timedelta(minutes=10)


def shape(slots: QuerySet[Slot]) -> str:
    """Says which times there are; another shape needs another table (as `Grid.shape`)."""
    found = slots.order_by().aggregate(n=Count("pk"), last=Max("pk"))
    return f"{found['n']}-{found['last'] or 0}"


def since(slots: QuerySet[Slot], asked: dt.datetime | None, at: dt.datetime) -> list[Cell]:
    """The cells that may look different than at `asked`, whole sessions: their times share the extra places."""
    if asked is None or not at - MEMORY < asked <= at or _mark(asked) != _mark(at):
        return cells(slots, at, whole=True)
    touched = _touched(slots, asked - OVERLAP, at)
    return cells(slots.filter(session__in=touched), at, whole=True) if touched else []


def _mark(at: dt.datetime) -> int:
    """Changes with every MEMORY: then all is compared, for what leaves no trace here, as a room's new name."""
    return int(at.timestamp() // MEMORY.total_seconds())


def _touched(slots: QuerySet[Slot], first: dt.datetime, at: dt.datetime) -> set[int]:
    """Sessions of the board in which something happened or some moment has passed."""
    events = AppointmentEvent.objects.filter(kind__in=EventKind.values, at__gte=first).order_by()
    pairs = events.values_list("slot__session", "from_slot__session")
    found = {session for pair in pairs for session in pair if session}
    # By when it was saved: what is entered after an outage has events with the times of its paper
    saved = Appointment.history.filter(history_date__gte=first).order_by()
    found |= set(saved.values_list("slot__session", flat=True))
    renamed = Patient.history.filter(history_date__gte=first, history_type="~").order_by().values("id")
    found |= set(Appointment.objects.filter(patient__in=renamed).order_by().values_list("slot__session", flat=True))
    found |= set(Slot.history.filter(history_date__gte=first).order_by().values_list("session_id", flat=True))
    found |= set(Session.history.filter(history_date__gte=first).order_by().values_list("id", flat=True))
    return _here(slots, found) | _passed(slots, first, at)


def _here(slots: QuerySet[Slot], sessions: set[int]) -> set[int]:
    """Those of the sessions that stand on the board."""
    return set(slots.filter(session__in=sessions).order_by().values_list("session", flat=True)) if sessions else set()


def _passed(slots: QuerySet[Slot], first: dt.datetime, at: dt.datetime) -> set[int]:
    """Sessions that were released, of which a time has ended, or in which a hold has lapsed."""
    over = Q(ends_at__gt=first, ends_at__lte=at) | Q(session__released_at__gt=first, session__released_at__lte=at)
    found = set(slots.filter(over).order_by().values_list("session", flat=True))
    holds = Appointment.objects.filter(status=AppointmentStatus.HELD, held_until__gt=first, held_until__lte=at)
    lapsed = set(holds.order_by().values_list("slot__session", flat=True))
    return found | _here(slots, lapsed)


def read_moment(text: str) -> dt.datetime | None:
    """The moment that an answer of ours said; None for anything else."""
    try:
        return dt.datetime.fromtimestamp(float(text), tz=dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def write_moment(at: dt.datetime | None = None) -> str:
    """Seconds since 1970."""
    return f"{(at or clock.now()).timestamp():.3f}"
