"""Which states of a ticket allow which act. Services refuse by this table and screens offer by it, so both agree."""

from visits.models import QueueState

_HERE = (QueueState.WAITING, QueueState.CALLED, QueueState.SKIPPED)  # in the house, outside the room

ALLOWED: dict[str, tuple[str, ...]] = {
    "call": _HERE,
    "skip": (QueueState.CALLED,),
    "put_back": _HERE,
    "prioritise": (QueueState.WAITING, QueueState.SKIPPED),
    "hand_over": _HERE,
    "leave": _HERE,
    "start": _HERE,
    "finish": (QueueState.INSIDE,),
    "come_back": (QueueState.DONE, QueueState.LEFT),
    "take_back": (QueueState.WAITING,),
}


def acts_of(state: str) -> set[str]:
    """What can be done with a ticket in this state."""
    return {act for act, states in ALLOWED.items() if state in states}
