"""What stands above Today because somebody should look at it, each with a count and the way to its rows."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import ngettext

from desk.choosing import Choice
from desk.today import Today


@dataclass(frozen=True)
class Alert:
    """A sentence that is a link."""

    name: str
    text: str
    tone: str
    icon: str
    link: str


def of(today: Today, choice: Choice) -> list[Alert]:
    """Only what there is."""
    return [_made(choice, *each) for each in _sentences(today) if each[1]]


def _made(choice: Choice, name: str, count: int, text: str, tone: str, icon: str) -> Alert:
    link = reverse("admin:desk:people", kwargs={"kind": name}, query=choice.query)
    return Alert(name, text % {"n": count}, tone, icon, link)


def _sentences(today: Today) -> list[tuple[str, int, str, str, str]]:
    late, stopped, offers, lost = today.late, today.stopped, today.offers, today.unreachable
    return [
        ("late", late, ngettext(
            "%(n)s person has waited for over 45 minutes", "%(n)s people have waited for over 45 minutes", late,
        ), "danger", "hourglass_bottom"),
        ("stopped", stopped, ngettext(
            "%(n)s stopped session with bookings still to be settled",
            "%(n)s stopped sessions with bookings still to be settled", stopped,
        ), "danger", "event_busy"),
        ("offers", offers, ngettext(
            "%(n)s offer ends within 10 minutes", "%(n)s offers end within 10 minutes", offers,
        ), "waitlist", "timer"),
        ("unreachable", lost, ngettext(
            "%(n)s booking of today whose patient cannot be reached",
            "%(n)s bookings of today whose patients cannot be reached", lost,
        ), "warning", "phone_disabled"),
    ]  # fmt: skip
