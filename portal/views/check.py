"""The last page before a booking: what it says, what holds for it, and the button that makes it."""

from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common import clock
from common.errors import Refusal
from portal import acting, entering, journey, pages, promises, showing, time_options
from scheduling.models import Appointment, AppointmentStatus
from scheduling.services import holds


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_patients
def page(request: HttpRequest, hold: UUID) -> HttpResponse:
    """Everything once more; POST books. Posted twice it books once and shows the same confirmation."""
    kept = journey.hold_of(request, hold)
    if kept.held_until is None:  # it was booked, whatever became of it since
        return _done(kept)
    if request.method != "POST":
        return _page(request, kept)
    try:
        return _done(holds.book_held(hold=kept, origin=acting.origin(f"hold:{kept.uuid}", kept.uuid)))
    except Refusal as refusal:
        return _after(request, hold, refusal)


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_patients
def extend(request: HttpRequest, hold: UUID) -> HttpResponse:
    """Keep the place once more for as long. Who comes here by Back or after signing in sees how it stands."""
    kept = journey.hold_of(request, hold)
    if request.method != "POST" or kept.held_until is None:
        return redirect("portal:check", kept.uuid)
    try:
        holds.renew(hold=kept, origin=acting.origin())
    except Refusal as refusal:
        return _after(request, hold, refusal)
    return redirect("portal:check", kept.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_patients
def give_up(request: HttpRequest, hold: UUID) -> HttpResponse:
    """Do not book: the place is free again at once. Twice is once; what is booked already is shown."""
    kept = journey.hold_of(request, hold)
    if request.method != "POST" or kept.held_until is None:
        return redirect("portal:check", kept.uuid)
    with suppress(Refusal):  # it has just ended by itself
        holds.release(hold=kept, origin=acting.origin())
    return redirect("portal:home")


def _after(request: HttpRequest, hold: UUID, refusal: Refusal) -> HttpResponse:
    """As it stands after a refusal: another tab may have booked it meanwhile."""
    kept = journey.hold_of(request, hold)
    return _done(kept) if kept.held_until is None else _page(request, kept, refusal)


def _done(booking: Appointment) -> HttpResponse:
    return redirect(reverse("portal:visit", args=[booking.uuid]) + "?new=1")


def _page(request: HttpRequest, kept: Appointment, refusal: Refusal | None = None) -> HttpResponse:
    now, way = clock.now(), journey.of_hold(kept)
    is_over = kept.status != AppointmentStatus.HELD or kept.has_lapsed(now)
    left = max(0, int((kept.held_until - now).total_seconds()))
    known = {
        "step": 5,
        "kept": kept,
        "way": way,
        "shown": showing.visit(kept),
        "arrival": time_options.arrival_of(kept),
        "fee": time_options.fee_of(kept.slot.service),
        "times": way.times(clock.local(kept.starts_at).date()),
        "person": kept.patient,
        "rules": promises.of(kept.slot),
        "left": left,
        "minutes": left // 60 + 1,
        "is_over": is_over,
        "refusal": refusal,
        "mistakes": [("", refusal)] if refusal and not is_over else [],
    }
    status = refusal.status if refusal else 200
    return pages.draw(request, "book/over.html" if is_over else "book/check.html", known, status=status)
