"""What the page behind a link says: where things stand, what comes next, and what the buttons are called."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reminders.services.standings import State


@dataclass(frozen=True)
class Words:
    """heading: how it stands, or what was done. after: what happens next. tone: of the line at its side."""

    heading: Any
    after: Any = ""
    tone: str = "info"


COME = _("Please come at this time.")
CALL = _("If you need another time, please call us.")
# (state, answer given) -> words; without an answer, or with one that the state has overtaken, those of ""
SAID: dict[tuple[str, str], Words] = {
    (State.BOOKED, ""): Words(_("Your visit is booked")),
    (State.BOOKED, "moved"): Words(_("Done: your visit has a new time"), COME, "good"),
    (State.BOOKED, "booked"): Words(_("Done: the place is yours"), COME, "good"),
    (State.BOOKED, "took_kept"): Words(_("Done: the place is yours"), COME, "good"),
    (State.BOOKED, "accepted"): Words(_("Done: the place is yours"), COME, "good"),
    (State.BOOKED, "staff"): Words(
        _("Thank you, we will call you"), _("Until then your visit stays as it is."), "good"
    ),
    (State.CONFIRMED, ""): Words(
        _("Thank you, we expect you"), _("You have confirmed this visit. There is nothing more to do."), "good"
    ),
    (State.CANCELLED, ""): Words(_("This visit is cancelled"), CALL, "off"),
    (State.CANCELLED, "cancelled"): Words(
        _("Done: your visit is cancelled"),
        _("Thank you for telling us. If you need another time, please call us."),
        "off",
    ),
    (State.STOPPED, ""): Words(_("This clinic does not take place"), CALL, "off"),
    (State.STOPPED, "left_kept"): Words(_("Done: we do not keep the other place"), CALL, "off"),
    (State.KEPT, ""): Words(
        _("This clinic does not take place"), _("We are sorry. We keep another place for you."), "attention"
    ),
    (State.OFFERED, ""): Words(_("A place is free for you"), "", "attention"),
    (State.GONE, ""): Words(
        _("This place is not kept for you any more"),
        _("If you are still on the waiting list, we write as soon as another place is free."),
        "off",
    ),
    (State.GONE, "declined"): Words(
        _("Done: you let this place go"),
        _("You stay on the waiting list. We write as soon as another place is free."),
        "off",
    ),
    (State.MISSED, ""): Words(_("We missed you at this visit"), _("Shall we find a new time? You can also call us.")),
    (State.MISSED, "no_need"): Words(
        _("Thank you for telling us"), _("If you change your mind, you can still choose a new time here."), "good"
    ),
    (State.MISSED, "staff"): Words(_("Thank you, we will call you"), _("We look for a new time together."), "good"),
    (State.OVER, ""): Words(
        _("The time of this visit has come"),
        _("If you are late or have a question, please call us."),
    ),
}

LABELS: dict[tuple[str, str], Any] = {
    ("", "confirm"): _("I will come"),
    ("", "move"): _("Choose another time"),
    ("", "cancel"): _("Cancel the visit"),
    ("stopped_kept", "yes"): _("Take this place"),
    ("stopped_kept", "no"): _("I do not need this place"),
    ("offer", "yes"): _("Take this place"),
    ("offer", "no"): _("I do not need this place"),
    ("missed", "yes"): _("Find a new time"),
    ("missed", "no"): _("I do not need a new time"),
}


@dataclass(frozen=True)
class Sure:
    """Asked once more before a place is given away: what will happen, and the two buttons."""

    question: Any
    consequence: Any
    yes: Any
    back: Any


SURE: dict[tuple[str, str], Sure] = {
    ("", "cancel"): Sure(
        _("Cancel this visit?"),
        _("Your place goes to somebody else at once. You cannot get it back on this page."),
        _("Yes, cancel the visit"),
        _("No, keep my visit"),
    ),
    ("stopped_kept", "no"): Sure(
        _("Let the kept place go?"),
        _("The place goes to somebody else at once. You cannot get it back on this page."),
        _("Yes, let it go"),
        _("No, go back"),
    ),
    ("offer", "no"): Sure(
        _("Let this place go?"),
        _("The place goes to the next person at once. You stay on the waiting list."),
        _("Yes, let it go"),
        _("No, go back"),
    ),
}
AHEAD = {0: pgettext_lazy("visit", "today"), 1: pgettext_lazy("visit", "tomorrow")}  # days -> word


def said(state: str, answer: str) -> Words:
    """The words for how it stands."""
    return SAID.get((state, answer)) or SAID[(state, "")]


def label(kind: str, code: str) -> Any:
    """What the button for this answer is called."""
    return LABELS.get((kind, code)) or LABELS[("", code)]


def sure(kind: str, code: str) -> Sure | None:
    """What is asked before this answer is taken; None when nothing is lost by it."""
    return SURE.get((kind, code)) or SURE.get(("", code))
