"""One visit, which is also the confirmation of its booking; its calendar file; and the place kept after a stoppage."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_POST, require_safe

from common import clock
from common.errors import Refusal
from portal import acting, cards, pages, stands, theirs, times
from portal.stands import Stands
from reminders import calendars, facts
from reminders.services import announced, substituting
from scheduling.errors import AppointmentNotFound
from scheduling.models import Appointment, AppointmentStatus
from scheduling.services import appointments, substitutes, telling
from visits.services import door_codes

DONE = ("moved", "cancelled", "left")  # what a button of ours may have done just now


@require_safe
@theirs.about_a_visit
def page(request: HttpRequest, booking: Appointment) -> HttpResponse:
    """All that its patient needs to know. Looking at it, however often, books nothing."""
    return draw(request, booking)


def draw(request: HttpRequest, booking: Appointment, refusal: Refusal | None = None) -> HttpResponse:
    """The page, perhaps with why something could not be done."""
    card = cards.visit(booking)
    known = {
        "visit": booking,
        "card": card,
        "words": stands.said(card.stands, _done(request)),
        "refusal": refusal,
        **_more(booking, card.stands),
        **cards.phones(card.site),
    }
    return pages.draw(request, "visits/visit.html", known, status=refusal.status if refusal else 200)


def _done(request: HttpRequest) -> str:
    if request.GET.get("new") == "1":
        return "new"
    done = request.GET.get("done", "")
    return done if done in DONE else ""


def _more(booking: Appointment, how: str) -> dict[str, Any]:
    """What a visit in this state has beside its facts."""
    now = clock.now()
    if how == Stands.COMING:
        reminder = announced.next_reminder(booking)
        deadline = appointments.deadline(booking)
        return {
            "qr": door_codes.picture_of(booking), "deadline": times.moment(deadline), "is_late": now > deadline,
            "reminder": times.moment(reminder) if reminder else "", "is_today": cards.is_today(booking, now),
        }  # fmt: skip
    if how == Stands.STOPPED:
        return _instead(booking)
    return {"is_today": cards.is_today(booking, now), "qr": door_codes.picture_of(booking) if how == Stands.NOW else ""}


def _instead(lost: Appointment) -> dict[str, Any]:
    kept = substituting.standing(lost, clock.now())
    if kept is None:
        return {}
    place = Appointment.objects.for_desk().get(pk=kept.pk)
    return {"kept": cards.place(place.slot, lost.patient), "kept_until": times.moment(kept.held_until)}


@require_safe
@theirs.about_a_visit
def calendar(request: HttpRequest, booking: Appointment) -> HttpResponse:
    """The visit for the reader's own calendar; a cancelled one takes itself out of it."""
    if booking.status not in (AppointmentStatus.BOOKED, AppointmentStatus.CANCELLED):
        return redirect("portal:visit", booking.uuid)
    known = facts.of_visit(booking, translation.get_language())
    name, kind, content = calendars.attachment(booking, known, clock.now())
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_POST
@theirs.about_a_visit
def kept(request: HttpRequest, booking: Appointment) -> HttpResponse:
    """The place kept after a stoppage is taken, or let go."""
    try:
        answer = request.POST.get("answer")
        if answer == "yes":
            return redirect(reverse("portal:visit", args=[_take(booking).uuid]) + "?new=1")
        if answer == "no":
            telling.tell(appointment=booking, origin=acting.origin(), at=clock.now())
        return redirect(reverse("portal:visit", args=[booking.uuid]) + ("?done=left" if answer == "no" else ""))
    except Refusal as refusal:
        return draw(request, booking, refusal)


def _take(lost: Appointment) -> Appointment:
    """Pressed twice is taken once."""
    known = lost.substitutes.filter(appointment__status=AppointmentStatus.BOOKED).select_related("appointment").first()
    if known:
        return known.appointment
    if not lost.substitutes.exists():
        raise AppointmentNotFound
    return substitutes.take(lost=lost, origin=acting.origin(), at=clock.now())
