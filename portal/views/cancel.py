"""Cancelling: first what it means, then one button. Looking at the page changes nothing, whoever looks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common import clock
from common.errors import Refusal
from portal import acting, cards, pages, stands, theirs, times
from portal.forms import PlaceForm
from portal.stands import Stands
from reminders.errors import AnswerOver
from scheduling.models import Appointment
from scheduling.services import appointments, noshow_policies


@require_http_methods(["GET", "HEAD", "POST"])
@theirs.about_a_visit
def page(request: HttpRequest, booking: Appointment) -> HttpResponse:
    """What is lost; POST cancels. What is cancelled already, or over, is shown as it is."""
    if stands.of(booking, clock.now()) != Stands.COMING:
        return redirect("portal:visit", booking.uuid)
    try:
        if request.method == "POST":
            _cancel(request, booking)
            return _done(booking)
        appointments.require_in_time(booking, acting.origin(), clock.now())
        return _draw(request, booking)
    except Refusal as refusal:
        booking = theirs.visits(request).get(pk=booking.pk)
        if stands.of(booking, clock.now()) != Stands.COMING:  # the same button in another tab was faster
            return _done(booking)
        return _draw(request, booking, refusal)


def _done(booking: Appointment) -> HttpResponse:
    return redirect(reverse("portal:visit", args=[booking.uuid]) + "?done=cancelled")


def _cancel(request: HttpRequest, booking: Appointment) -> None:
    form = PlaceForm(request.POST)
    if not form.is_valid():
        raise AnswerOver
    version = form.cleaned_data["version"]
    appointments.cancel(appointment=booking, origin=acting.origin(), version=version, at=clock.now())


def _draw(request: HttpRequest, booking: Appointment, refusal: Refusal | None = None) -> HttpResponse:
    card, now = cards.visit(booking), clock.now()
    deadline = appointments.deadline(booking)
    known = {
        "visit": booking, "card": card, "refusal": refusal, "deadline": times.moment(deadline),
        "is_late": now > deadline, "policy": noshow_policies.live(), **cards.phones(card.site),
    }  # fmt: skip
    return pages.draw(request, "visits/cancel.html", known, status=refusal.status if refusal else 200)
