"""A patient's own place in the queue, as they may see it: nothing of anybody else but how many are ahead."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from common import clock
from patients.models import Patient
from visits.models import QueueEntry, QueueState

from . import waiting_times
from .waiting_times import Estimate


@dataclass(frozen=True)
class Turn:
    """The ticket, and for who waits what is ahead of them. at: when this was so."""

    entry: QueueEntry
    estimate: Estimate | None
    at: dt.datetime


def of(visit: UUID, *, patients: Collection[Patient], at: dt.datetime | None = None) -> Turn | None:
    """The latest ticket of a visit of one of these people today; None when nobody has checked in. Five statements."""
    at = at or clock.now()
    rows = QueueEntry.objects.for_desk().filter(
        appointment__uuid=visit, appointment__patient__in=patients, day=clock.today(at)
    )
    entry = rows.exclude(state=QueueState.UNDONE).order_by("-pk").first()
    if entry is None:
        return None
    waits = entry.state == QueueState.WAITING
    return Turn(entry, waiting_times.of_session(entry.session, at).get(entry.pk) if waits else None, at)
