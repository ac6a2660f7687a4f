"""One step of a ladder for one booking."""

import datetime as dt
from dataclasses import dataclass

from reminders.models import Step

NOT_LATER = dt.timedelta(minutes=30)  # before the visit a reminder is of no use


@dataclass(slots=True)  # not frozen: a million are made
class Rung:
    """One step for one booking: what would happen, when."""

    step: Step
    booking: int
    version: int
    patient: int
    starts_at: dt.datetime
    due_at: dt.datetime

    @property
    def key(self) -> str:
        """Of the delivery or task: the same for all versions of the ladder that have this step."""
        return f"{prefix(self.step)}{self.booking}:{self.version}"


def prefix(step: Step) -> str:
    """How the keys of a step begin."""
    return f"step:{step.lineage.hex}:"
