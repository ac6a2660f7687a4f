"""How the acts on a ticket are called on screen, and which of them stand in front."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import pgettext_lazy

from visits.models import QueueState


@dataclass(frozen=True)
class Button:
    """An act on screen. asks: it opens a panel that asks for more."""

    act: str
    label: Any
    icon: str
    asks: bool = False


BUTTONS = [
    Button("start", pgettext_lazy("queue", "Goes in"), "login"),
    Button("finish", pgettext_lazy("queue", "Finish"), "task_alt", asks=True),
    Button("call", pgettext_lazy("queue", "Call"), "campaign"),
    Button("skip", pgettext_lazy("queue", "No answer"), "voice_over_off"),
    Button("put_back", pgettext_lazy("queue", "Put back"), "low_priority"),
    Button("come_back", pgettext_lazy("queue", "Back with results"), "lab_profile"),
    Button("prioritise", pgettext_lazy("queue", "Priority"), "priority_high", asks=True),
    Button("hand_over", pgettext_lazy("queue", "Hand over"), "move_down", asks=True),
    Button("leave", pgettext_lazy("queue", "Has left"), "logout"),
    Button("take_back", pgettext_lazy("queue", "Undo check-in"), "undo"),
]
OTHERWISE = {
    (QueueState.CALLED, "call"): pgettext_lazy("queue", "Call again"),
    (QueueState.WAITING, "call"): pgettext_lazy("queue", "Call out of turn"),
    (QueueState.WAITING, "put_back"): pgettext_lazy("queue", "Let three others go first"),
    (QueueState.LEFT, "come_back"): pgettext_lazy("queue", "Is back"),
}
MAIN = {
    QueueState.INSIDE: ("finish",),
    QueueState.CALLED: ("start", "call", "skip"),
    QueueState.SKIPPED: ("put_back", "call"),
    QueueState.DONE: ("come_back",),
    QueueState.LEFT: ("come_back",),
}


def buttons(state: str, acts: set[str], *, main: bool) -> list[Button]:
    """Those in front, or those behind “more”, in their order."""
    front = MAIN.get(state, ())
    chosen = [one for one in BUTTONS if one.act in acts and (one.act in front) is main]
    return [Button(one.act, OTHERWISE.get((state, one.act), one.label), one.icon, one.asks) for one in chosen]
