from .call_screen import CallScreen
from .encounter import Encounter, Outcome
from .queue_entry import IN_WAITING_ROOM, LIVE, Call, Priority, QueueEntry, QueueState, VisitKind

__all__ = [
    "IN_WAITING_ROOM",
    "LIVE",
    "Call",
    "CallScreen",
    "Encounter",
    "Outcome",
    "Priority",
    "QueueEntry",
    "QueueState",
    "VisitKind",
]
