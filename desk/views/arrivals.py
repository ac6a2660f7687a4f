"""Checking in: found while typing, arrived by Enter, taken back within seconds; and people without a booking."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.admin import posted
from common.errors import Refusal
from desk.door import cell_rights, origin_of, staff
from desk.queue_forms import PRIORITIES, ArrivalForm, WalkInForm
from desk.views.queue import answer
from desk.walk_ins import openings
from patients.models import Patient
from scheduling import seeing
from scheduling.models import Appointment, AppointmentStatus
from scheduling.services.origin import digest_of
from visits import seeing as visible
from visits.models import LIVE, QueueEntry
from visits.services import arrival, finding, waiting_times

SHOWN = 8  # lines while typing: what fits without scrolling

receive = staff("visits.view_queueentry", "visits.add_queueentry")
undo_right = staff("visits.view_queueentry", "visits.change_queueentry")
walk_in_right = staff("visits.view_queueentry", "visits.add_queueentry", "scheduling.add_appointment")


@require_GET
@receive
def found(request: HttpRequest) -> HttpResponse:
    """Bookings of today that are meant, and people who have none."""
    text = request.GET.get("q", "").strip()
    bookings, people = [], []
    if text:
        rows = finding.bookings_of_today(text, by=request.user)
        bookings = list(rows.prefetch_related("patient__contact_points")[:SHOWN])
    if (
        text
        and len(bookings) < SHOWN
        and request.user.has_perms(("scheduling.add_appointment", "patients.view_patient"))
    ):
        rows = finding.people_without_booking(text, by=request.user)
        people = list(rows.prefetch_related("contact_points")[: SHOWN - len(bookings)])
    tickets = _tickets(request, bookings)
    lines = [(one, tickets.get(one.pk), one.status in _CAN_ARRIVE) for one in bookings]
    return render(request, "desk/_queue_found.html", {"lines": lines, "people": people, "text": text})


_CAN_ARRIVE = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)


def _tickets(request: HttpRequest, bookings: list[Appointment]) -> dict[int, QueueEntry]:
    rows = visible.entries(request.user).filter(appointment__in=bookings, state__in=LIVE)
    return {one.appointment_id: one for one in rows}


@require_POST
@receive
def check_in(request: HttpRequest, booking: UUID) -> HttpResponse:
    """They are here: a ticket with its number. Pressed twice it is the same ticket."""
    wanted = get_object_or_404(seeing.appointments(request.user), uuid=booking)
    form = ArrivalForm(request.POST)
    priority = form.cleaned_data["priority"] if form.is_valid() else ""
    try:
        entry = arrival.check_in(appointment=wanted, origin=origin_of(request), priority=priority)
    except Refusal as refusal:
        return answer(request, refusal=refusal, template="_queue_refused.html")
    return arrived(request, entry)


def arrived(request: HttpRequest, entry: QueueEntry, **more: Any) -> HttpResponse:
    """The ticket, large, with where to go and how long it may take."""
    entry = visible.entries(request.user).for_desk().get(pk=entry.pk)
    told = waiting_times.of_session(entry.session).get(entry.pk)
    said = _("%(name)s is checked in: ticket %(ticket)s.") % {
        "name": entry.appointment.patient.name,
        "ticket": entry.ticket,
    }
    context = {"entry": entry, "estimate": told, "may_change": request.user.has_perm("visits.change_queueentry")}
    return answer(request, sessions=[entry.session.uuid], said=said, template="_queue_checked.html", **context, **more)


@require_POST
@undo_right
def undo(request: HttpRequest, entry: UUID) -> HttpResponse:
    """The check-in of a moment ago was a mistake."""
    ticket = get_object_or_404(visible.entries(request.user).for_desk(), uuid=entry)
    sessions = [ticket.session.uuid]
    try:
        arrival.take_back(entry=ticket, origin=origin_of(request))
    except Refusal as refusal:
        return answer(request, sessions=sessions, refusal=refusal, template="_queue_refused.html")
    said = _("The check-in of %(name)s is taken back.") % {"name": ticket.appointment.patient.name}
    return answer(request, sessions=sessions, said=said, template="_queue_undone.html", entry=ticket)


@require_http_methods(["GET", "POST"])
@walk_in_right
def walk_in(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Somebody without a booking: choose a session with a free place, or squeeze them in by right and with a reason."""
    person = get_object_or_404(Patient.objects.visible_to(request.user).active(), uuid=patient)
    form = WalkInForm(posted(request))
    context: dict[str, Any] = {
        "person": person,
        "openings": openings(request.user),
        "priorities": PRIORITIES,
        "key": request.POST.get("key") or uuid4(),
        "reason": request.POST.get("reason", ""),
        "may_overbook": cell_rights(request)["may_overbook"],
    }
    if request.method == "GET" or not form.is_valid():
        return answer(request, template="_queue_walk_in.html", **context)
    try:
        entry = _take_in(request, person, form.cleaned_data)
    except Refusal as refusal:
        return answer(request, refusal=refusal, template="_queue_walk_in.html", **context)
    return arrived(request, entry, closes=True)


def _take_in(request: HttpRequest, person: Patient, given: dict[str, Any]) -> QueueEntry:
    extra = "overbook" in request.POST
    digest = digest_of(person.uuid, given["slot"], given["reason"], extra)
    origin = origin_of(request, f"desk:walk-in:{given['key']}" if given["key"] else "", digest)
    return arrival.walk_in(
        patient=person,
        slot=given["slot"],
        origin=origin,
        reason=given["reason"],
        priority=given["priority"],
        overbook=extra,
    )
