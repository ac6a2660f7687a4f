"""The day and the time: looking is free, choosing a time keeps the place."""

import datetime as dt
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common import clock
from common.errors import Refusal
from common.ids import read_uuid
from portal import acting, asking, journey, line, options, time_options
from portal.journey import Journey
from scheduling.services import days, holds

COUNT = 14  # days on a page


@require_safe
@line.in_line
def dates(request: HttpRequest, who: UUID, service: UUID) -> HttpResponse:
    """Which day? Full days stand there with the reason; the page behind has later ones."""
    way, first = journey.read(request, who, service), _first_day(request)
    found = days.bookable(way.wish(first), origin=acting.origin(), count=COUNT)
    form = options.asked(
        request, [time_options.of_day(one) for one in found], _("Choose one of the days with free places.")
    )
    if form.is_valid():
        return redirect(way.times(dt.date.fromisoformat(form.cleaned_data["choice"])))
    later = found[-1].day + dt.timedelta(days=1) if len(found) == COUNT else None
    known = {"step": 3, "way": way, "person": way.who, "later": later, "any_free": any(one.free for one in found)}
    return asking.draw(request, "book/dates.html", form, known)


@require_http_methods(["GET", "HEAD", "POST"])
@line.in_line
def at(request: HttpRequest, who: UUID, service: UUID, day: dt.date) -> HttpResponse:
    """Which time? POST keeps it. If it is gone, the nearest others stand on the same page."""
    way = journey.read(request, who, service)
    if not clock.today() <= day <= clock.today() + journey.AHEAD:
        raise Http404
    if request.method != "POST":
        return _times(request, way, day)
    try:
        kept = _keep(way, _slot(request))
        return redirect("portal:check", kept.uuid)
    except Refusal as refusal:
        return _times(request, way, day, refusal)


def _keep(way: Journey, slot: UUID):
    """The time instead of the one that is kept already, or for the first time; the same again is the same."""
    kept = journey.held_for(way.who)
    if kept is None:
        return holds.hold(slot=slot, patient=way.who, origin=acting.origin())
    return kept if kept.slot.uuid == slot else holds.exchange(hold=kept, slot=slot, origin=acting.origin())


def _times(request: HttpRequest, way: Journey, day: dt.date, refusal: Refusal | None = None) -> HttpResponse:
    found = time_options.of_day_with_others(way, day, refusal)
    form = options.Choice(found, _("Choose a time."), request.POST if request.method == "POST" else None)
    form.full_clean()
    if refusal:
        form.errors.clear()
        asking.say_no(form, refusal)
    known = {"step": 4, "way": way, "person": way.who, "day": day, "any_free": bool(found)}
    return asking.draw(request, "book/times.html", form, known)


def _slot(request: HttpRequest) -> UUID:
    """Raises time_options.NothingChosen."""
    found = read_uuid(request.POST.get("choice", ""))
    if found is None:
        raise time_options.NothingChosen(field="choice")
    return found


def _first_day(request: HttpRequest) -> dt.date:
    """Today, or the day from which later days were asked for. Raises Http404 for what is no day of the roster."""
    text = request.GET.get("from", "")
    try:
        wanted = dt.date.fromisoformat(text) if text else clock.today()
    except ValueError as error:
        raise Http404 from error
    return min(max(wanted, clock.today()), clock.today() + journey.AHEAD)
