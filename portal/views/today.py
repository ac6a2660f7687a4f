"""The day itself: the ticket, how many are ahead, how long it may take, and where to go."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from common import clock, shown
from directory.models import Site
from portal import cards, entering, pages, showing, theirs, times
from scheduling.models import Appointment
from visits.models import QueueState
from visits.services import door_codes, own_turn, turns
from visits.services.own_turn import Turn

EVERY = 30  # seconds after which the page asks anew


@require_safe
@entering.for_patients
def page(request: HttpRequest, visit: UUID) -> HttpResponse:
    """How it stands now. Reloading does what the script does."""
    turn = own_turn.of(visit, patients=request.visitor.people)
    if turn:
        return _draw(request, turn.entry.appointment, turn.entry.session.service.department.site, _of_turn(turn))
    booking = theirs.visits(request).filter(uuid=visit).first()
    if booking is None:
        return theirs.nothing(request)
    if not cards.is_today(booking, clock.now()):
        return redirect("portal:visit", booking.uuid)
    return _draw(request, booking, cards.visit(booking).site, _not_here(booking))


def _draw(request: HttpRequest, booking: Appointment, site: Site, known: dict[str, Any]) -> HttpResponse:
    base = {
        "visit": booking, "name": booking.patient.name_masked, "every": EVERY, "now": shown.time(clock.now()),
        "grace": int(turns.GRACE.total_seconds() // 60), "when": times.whole(booking.starts_at, booking.ends_at),
        "states": QueueState, **cards.phones(site),
    }  # fmt: skip
    return pages.draw(request, "visits/today.html", base | known)


def _not_here(booking: Appointment) -> dict[str, Any]:
    """Nobody has checked in yet."""
    card = showing.visit(booking)
    return {"where": card.where, "floor": card.floor, "doctor": card.doctor, "qr": door_codes.picture_of(booking)}


def _of_turn(turn: Turn) -> dict[str, Any]:
    """The room that they were called to, else that of the session."""
    session = turn.entry.session
    room = turn.entry.location or session.location
    site = session.service.department.site
    return {
        "turn": turn, "doctor": str(session.practitioner), "where": f"{site} {room}" if room else str(site),
        "room": str(room) if room else str(session.practitioner), "floor": room.floor if room else "",
    }  # fmt: skip
