"""Another time, in three pages: the day, the time, and both times beside each other before anything changes.

The old place stays the patient's until the new one is theirs.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from common import clock, shown
from common.errors import Refusal
from portal import acting, acts, cards, line, pages, places, theirs, times
from portal.acts import ACTS
from portal.forms import PlaceForm
from reminders import facts
from reminders.errors import AnswerOver
from scheduling.models import Appointment, Slot

FARTHEST = dt.timedelta(days=366)  # nobody plans sessions so far ahead


@require_safe
@line.in_line
@theirs.about_a_visit
def days(request: HttpRequest, booking: Appointment, act: str) -> HttpResponse:
    """Which day?"""
    now = clock.now()
    try:
        ACTS[act].check(booking, now)
    except Refusal as refusal:
        return _cannot(request, booking, refusal)
    first = _day(request.GET.get("from", "")) or clock.today(now)
    found = places.days(booking, first, anybody=_anybody(request), origin=acting.origin(), at=now)
    shown_days = [(day, shown.day(day), free) for day, free in found.days]
    return _draw(request, "days", booking, act, choice=found, days=shown_days)


@require_safe
@line.in_line
@theirs.about_a_visit
def times_of_day(request: HttpRequest, booking: Appointment, act: str, day: str) -> HttpResponse:
    """Which time of that day?"""
    now, wanted = clock.now(), _day(day)
    if wanted is None:
        return theirs.nothing(request)
    try:
        ACTS[act].check(booking, now)
    except Refusal as refusal:
        return _cannot(request, booking, refusal)
    halves = places.of_day(booking, wanted, anybody=_anybody(request), origin=acting.origin(), at=now)
    return _draw(request, "times", booking, act, day=wanted, shown_day=shown.day(wanted), halves=_periods(halves))


@require_http_methods(["GET", "HEAD", "POST"])
@line.in_line
@theirs.about_a_visit
def place(request: HttpRequest, booking: Appointment, act: str, slot: UUID) -> HttpResponse:
    """Old and new; POST does it. When the place is gone, the nearest others are named on the same page."""
    wanted = places.find(booking, slot)
    if wanted is None:
        return theirs.nothing(request)
    known = acts.done_already(booking, wanted)
    if known:
        return _done(known, ACTS[act].done if request.method == "POST" else "")
    try:
        if request.method == "POST":
            return _done(_do(request, booking, act, wanted), ACTS[act].done)
        ACTS[act].check(booking, clock.now())
        return _place(request, booking, act, wanted)
    except Refusal as refusal:
        return _refused(request, booking, act, wanted, refusal)


def _do(request: HttpRequest, booking: Appointment, act: str, wanted: Slot) -> Appointment:
    form, now = PlaceForm(request.POST), clock.now()
    if not form.is_valid():
        raise AnswerOver
    ACTS[act].check(booking, now)
    return ACTS[act].do(booking, wanted, form.cleaned_data["version"], now)


def _refused(request: HttpRequest, booking: Appointment, act: str, wanted: Slot, refusal: Refusal) -> HttpResponse:
    """The same button in another tab may have been faster: then it is done."""
    known = acts.done_already(booking, wanted)
    if known:
        return _done(known, ACTS[act].done)
    fresh = theirs.visits(request).get(pk=booking.pk)
    try:
        ACTS[act].check(fresh, clock.now())
    except Refusal as why:
        return _cannot(request, fresh, why)
    return _place(request, fresh, act, wanted, refusal)


def _done(booking: Appointment, said: str) -> HttpResponse:
    return redirect(reverse("portal:visit", args=[booking.uuid]) + said)


def _place(
    request: HttpRequest, booking: Appointment, act: str, wanted: Slot, refusal: Refusal | None = None
) -> HttpResponse:
    others = [slot for slot in refusal.alternatives if isinstance(slot, Slot)] if refusal else []
    return _draw(
        request, "place", booking, act, refusal=refusal, wanted=cards.place(wanted, booking.patient),
        deadline=times.moment(_deadline(wanted)), day=clock.today(wanted.starts_at).isoformat(),
        others=[(slot, times.of_slot(slot)) for slot in others if slot.pk != booking.slot_id],
    )  # fmt: skip


def _deadline(slot: Slot) -> dt.datetime:
    return facts.deadline(Appointment(slot=slot, starts_at=slot.starts_at))


def _cannot(request: HttpRequest, booking: Appointment, refusal: Refusal) -> HttpResponse:
    card = cards.visit(booking)
    known = {"card": card, "visit": booking, "refusal": refusal, **cards.phones(card.site)}
    return pages.draw(request, "visits/cannot.html", known, status=refusal.status)


def _draw(request: HttpRequest, template: str, booking: Appointment, act: str, **known: Any) -> HttpResponse:
    card, refusal = cards.visit(booking), known.get("refusal")
    base = {"visit": booking, "card": card, "act": ACTS[act], "anybody": _anybody(request), **cards.phones(card.site)}
    return pages.draw(request, f"visits/{template}.html", base | known, status=refusal.status if refusal else 200)


def _anybody(request: HttpRequest) -> bool:
    return request.GET.get("with") == "anybody"


def _day(text: str) -> dt.date | None:
    """A day on which there could be a place."""
    today = clock.today()
    try:
        wanted = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return wanted if today <= wanted <= today + FARTHEST else None


def _periods(halves: list[tuple[Any, list[Slot]]]) -> list[tuple[Any, list[tuple[Slot, str]]]]:
    return [(half, [(slot, shown.span(slot.starts_at, slot.ends_at)) for slot in slots]) for half, slots in halves]
