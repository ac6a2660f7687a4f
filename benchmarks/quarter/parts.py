"""The parts of the loop, and how each is switched off: as a supervisor would, by the ladder and the notices."""

from dataclasses import dataclass, replace

from reminders.models import Audience, Notice, Step
from reminders.models.ladder import RISKIEST
from reminders.services import ladders


@dataclass(frozen=True)
class Parts:
    """What is on. answers: patients may answer reminders by message. riskiest_percent: how many are at risk."""

    reminders: bool = True
    second: bool = True
    answers: bool = True
    at_risk: bool = True
    offers: bool = True
    follow_up: bool = True
    riskiest_percent: int = RISKIEST


ALL = Parts()
MORE = 40  # per cent: twice the share of the first ladder
QUIET = ("booked", "moved", "cancelled", "rating", "rating_why")
NAMES = {
    "reminders": "all reminders",
    "second": "second rung",
    "answers": "two-way answers",
    "at_risk": "extra for those at risk",
    "offers": "offers of the waiting list",
    "follow_up": "follow-up of missed visits",
}


def without(name: str) -> Parts:
    """All but this one."""
    return replace(ALL, **{name: False})


def runs() -> dict[str, Parts]:
    """What is compared, by its name in the report."""
    nothing = Parts(*(False for _name in NAMES))
    others = {"all off": nothing, f"everything on, the riskiest {MORE} %": replace(ALL, riskiest_percent=MORE)}
    return {"everything on": ALL} | {f"without {NAMES[name]}": without(name) for name in NAMES} | others


def prepare(parts: Parts) -> None:
    """The first ladder without the steps that are off, and the notices that are on.

    What tells of a booking, a move or a cancellation and what asks for a rating changes nobody's mind here: it is left
    out of all runs, to save time.
    """
    if parts.reminders:
        ladders.ensure_first()
    if not parts.second:
        Step.objects.filter(hours_before__lte=24).delete()
    Step.objects.filter(audience=Audience.AT_RISK).update(riskiest_percent=parts.riskiest_percent)
    if not parts.at_risk:
        Step.objects.filter(audience=Audience.AT_RISK).delete()
    Notice.objects.filter(kind__in=QUIET).update(is_active=False)
    Notice.objects.filter(kind="offer").update(is_active=parts.offers)
    Notice.objects.filter(kind="missed").update(is_active=parts.follow_up)
