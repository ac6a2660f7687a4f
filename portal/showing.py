"""What the page behind a link shows of a visit, in the active language: enough to find there, and no more of the person
than who holds their phone needs to recognise."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common import clock, shown
from common.references import show_reference
from directory.models import Site
from portal import words
from reminders import facts
from reminders.services.standings import Standing, State, leads_to_places
from scheduling.models import Appointment, Slot

NOT_THEIRS = (State.KEPT, State.OFFERED, State.GONE)


@dataclass(frozen=True)
class Shown:
    """A visit, or a place that may become one. ahead: `in 5 days`; "" when it is past."""

    when: str
    ahead: str
    doctor: str
    service: str
    site: Site
    where: str
    floor: str
    preparation: str


@dataclass(frozen=True)
class Button:
    """An answer: posted, or, with `href`, asked about on another page first."""

    code: str
    label: Any
    href: str
    is_lead: bool


def visit(booking: Appointment) -> Shown:
    """A booking or a kept place, read `for_desk`."""
    return place(booking.slot)


def place(slot: Slot) -> Shown:
    """A slot with its session, practitioner, room, service, department and site."""
    known, room = facts.of_slot(slot), slot.session.location
    return Shown(
        when=known["when"],
        ahead=_ahead(slot.starts_at),
        doctor=known["doctor"],
        service=known["service"],
        site=slot.service.department.site,
        where=known["place"],
        floor=room.floor if room else "",
        preparation=known["preparation"],
    )


def _ahead(at: dt.datetime) -> str:
    days = (clock.today(at) - clock.today()).days
    if days < 0 or at <= clock.now():
        return ""
    return str(words.AHEAD[days]) if days in words.AHEAD else pgettext("visit", "in %(n)s days") % {"n": days}


def reference(standing: Standing) -> str:
    """As people read it out; "" for a place that is not theirs yet, or any more."""
    return "" if standing.state in NOT_THEIRS else show_reference(standing.visit.reference)


def until(standing: Standing) -> str:
    """The deadline, as a sentence; "" when nothing is to be answered."""
    if standing.until is None:
        return ""
    when = {"when": shown.moment(standing.until)}
    if standing.is_late:
        return _("It could be changed here until %(when)s. If you cannot come, please call us.") % when
    if standing.is_to_come:
        return _("You can change or cancel it here until %(when)s.") % when if "cancel" in standing.answers else ""
    return _("The place is kept for you until %(when)s.") % when


def buttons(standing: Standing, secret: str, keep: str) -> list[Button]:
    """One for each answer that is possible now, the first of them the one that most people want."""
    return [_button(standing, code, secret, keep, is_lead=n == 0) for n, code in enumerate(_in_order(standing))]


def _in_order(standing: Standing) -> list[str]:
    """What gives a place away stands last."""
    kind = standing.delivery.kind
    return sorted(standing.answers, key=lambda code: words.sure(kind, code) is not None)


def _button(standing: Standing, code: str, secret: str, keep: str, *, is_lead: bool) -> Button:
    kind, href = standing.delivery.kind, ""
    if leads_to_places(standing.delivery, code):
        href = reverse("link:times", args=[secret]) + keep
    elif words.sure(kind, code):
        href = reverse("link:sure", args=[secret, code]) + keep
    return Button(code, words.label(kind, code), href, is_lead)
