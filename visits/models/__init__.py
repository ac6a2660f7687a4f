from .encounter import Encounter, Outcome
from .queue_entry import LIVE, Call, Priority, QueueEntry, QueueState, VisitKind

__all__ = ["LIVE", "Call", "Encounter", "Outcome", "Priority", "QueueEntry", "QueueState", "VisitKind"]
