"""What the panel beside the grid shows and does: fragments for htmx. Reading is GET, every change is POST."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock, shown
from common.admin import posted
from common.errors import Refusal
from common.ids import read_number, read_uuid
from desk import cells, read_back, slip
from desk.door import cell_rights, offers_of, origin_of, staff
from desk.drawing import Drawing
from desk.forms import BookForm, CancelForm, OverbookForm, SlotForm, WhyForm
from patients.models import Patient
from patients.services import revealing
from scheduling import seeing
from scheduling.models import Appointment, AppointmentStatus, EventKind, Slot
from scheduling.services import alternatives, appointments, holds
from scheduling.services.origin import digest_of
from visits.services import settling

FOUND = 8  # patients shown while typing: what fits without scrolling

book = staff("scheduling.add_appointment", "patients.view_patient")
squeeze_in = staff("scheduling.add_appointment", "patients.view_patient", "scheduling.overbook_appointment")
change = staff("scheduling.change_appointment")


def answer(
    request: HttpRequest, template: str, context: dict, *, slots: Iterable[UUID] = (), said: str = "", status: int = 200
) -> HttpResponse:
    """The panel's content, with the cells that changed and a word for the screen reader beside it."""
    parts = [render_to_string(f"desk/{template}", context, request)]
    drawing = Drawing(offers_of(request))
    parts += [drawing.cell(cell) for cell in (cells.cells_of(request.user, set(slots)) if slots else ())]
    parts.append(render_to_string("desk/_said.html", {"said": said}, request))
    return HttpResponse("".join(parts), status=status)


def refused(request: HttpRequest, template: str, context: dict, refusal: Refusal, slots: Iterable[UUID] = ()) -> Any:
    """The same step again, with why and what could be had instead."""
    context |= {"refusal": refusal, "alternatives": refusal.alternatives}
    status = 409 if refusal.status == 409 else 422
    return answer(request, template, context, slots=slots, said=str(refusal), status=status)


def _slot(request: HttpRequest, uuid: UUID) -> Slot:
    return get_object_or_404(seeing.slots(request.user).with_session(), uuid=uuid)


def _booking(request: HttpRequest, uuid: UUID) -> Appointment:
    rows = seeing.appointments(request.user).for_desk().select_related("by")
    return get_object_or_404(rows.prefetch_related("patient__contact_points"), uuid=uuid)


@require_POST
@book
def open_slot(request: HttpRequest, slot: UUID) -> HttpResponse:
    """Hold a place while the patient is found. `patient` comes along when an alternative was chosen."""
    wanted = _slot(request, slot)
    patient = _patient(request, request.POST.get("patient", ""))
    context: dict[str, Any] = {"slot": wanted, "patient": patient, "reason": request.POST.get("reason", "")}
    try:
        held = holds.hold(slot=wanted, origin=origin_of(request), patient=patient)
    except Refusal as refusal:
        context["may_overbook"] = _may_overbook(request, wanted)
        return refused(request, "_refused.html", context, refusal, [wanted.uuid])
    context |= _holding(request, held)
    said = _("Held for you for %(minutes)s minutes.") % {"minutes": settings.HOLD_MINUTES}
    return answer(request, "_book.html", context, slots=[wanted.uuid], said=said)


def _holding(request: HttpRequest, held: Appointment) -> dict[str, Any]:
    """A held place with what is read to the caller. Who only goes on with a colleague's does not give it back."""
    return {"slot": held.slot, "hold": held, "words": read_back.of(held), "is_mine": held.by_id == request.user.pk}


def _may_overbook(request: HttpRequest, slot: Slot) -> bool:
    """Is the time full, and may this person squeeze somebody in?"""
    cell = cells.cell_of(request.user, slot.uuid) if cell_rights(request)["may_overbook"] else None
    return cell is not None and cell.is_overbookable


@require_http_methods(["GET", "POST"])
@squeeze_in
def overbook(request: HttpRequest, slot: UUID) -> HttpResponse:
    """Beyond capacity (加号): for whom and why, and how many extra places the session still has."""
    wanted = _slot(request, slot)
    form = OverbookForm(posted(request))
    typed = {name: request.POST.get(name, "") for name in ("reason", "key")}
    context: dict[str, Any] = {"slot": wanted, **typed, "cell": cells.cell_of(request.user, wanted.uuid)}
    context["key"] = context["key"] or uuid4()
    context["patient"] = _patient(request, request.POST.get("patient", ""))
    if request.method == "GET":
        return answer(request, "_overbook.html", context)
    if not form.is_valid() or context["patient"] is None:
        faults = {name: messages[0] for name, messages in form.errors.items()}
        if context["patient"] is None:
            faults["patient"] = _("Choose a patient.")
        context |= {"faults": faults}
        return answer(request, "_overbook.html", context, said=" ".join(faults.values()), status=422)
    return _squeeze_in(request, wanted, context, form.cleaned_data)


def _squeeze_in(request: HttpRequest, slot: Slot, context: dict[str, Any], given: dict[str, Any]) -> HttpResponse:
    patient, reason = context["patient"], given["reason"]
    origin = origin_of(request, f"desk:extra:{context['key']}", digest_of(patient.uuid, slot.uuid, reason))
    try:
        made = appointments.book(patient=patient, slot=slot, origin=origin, reason=reason, overbook=True)
    except Refusal as refusal:
        context["cell"] = cells.cell_of(request.user, slot.uuid)
        return refused(request, "_overbook.html", context, refusal, cells.full_beside(slot))
    said = _("Booked. Reference %(reference)s.") % {"reference": made}
    context, slots = _shown(request, made.uuid, fresh=True), cells.full_beside(slot)
    return answer(request, "_booking.html", context, slots=slots, said=said)


def _patient(request: HttpRequest, text: str) -> Patient | None:
    return Patient.objects.visible_to(request.user).filter(uuid=read_uuid(text)).first()


@require_GET
@book
def find(request: HttpRequest) -> HttpResponse:
    """Who is meant, while it is being typed."""
    text = request.GET.get("q", "").strip()
    found = Patient.objects.visible_to(request.user).search(text, limit=FOUND) if text else Patient.objects.none()
    context = {"people": found.prefetch_related("contact_points"), "text": text}
    return render(request, "desk/_people.html", context)


@require_POST
@book
def book_held(request: HttpRequest, hold: UUID) -> HttpResponse:
    """The held place becomes a booking. Asked twice with the same words, it is done once."""
    held = _booking(request, hold)
    form = BookForm(request.POST)
    context = {**_holding(request, held), "reason": request.POST.get("reason", "")}
    context["patient"] = held.patient or _patient(request, request.POST.get("patient", ""))
    if not form.is_valid() or context["patient"] is None:
        return answer(
            request, "_book.html", {**context, "error": _("Choose a patient.")}, said=_("Choose a patient."), status=422
        )
    patient, reason = context["patient"], form.cleaned_data["reason"]
    origin = origin_of(request, f"desk:{held.uuid}", digest_of(patient.uuid, reason))
    try:
        made = holds.book_held(hold=held, origin=origin, patient=patient, reason=reason)
    except Refusal as refusal:
        if refusal.field == "slot" and not refusal.alternatives:
            refusal.alternatives = alternatives.near(held.slot, origin, clock.now())
        return refused(request, "_book.html", context, refusal, [held.slot.uuid])
    said = _("Booked. Reference %(reference)s.") % {"reference": made}
    return answer(request, "_booking.html", _shown(request, made.uuid, fresh=True), slots=[held.slot.uuid], said=said)


@require_GET
@book
def resume(request: HttpRequest, hold: UUID) -> HttpResponse:
    """Go on with a booking that was begun and left, by oneself or by a colleague: the place is still held."""
    rows = seeing.appointments(request.user).held_now(clock.now()).for_desk().select_related("by")
    held = get_object_or_404(rows.prefetch_related("patient__contact_points"), uuid=hold)
    return answer(request, "_book.html", {**_holding(request, held), "patient": held.patient})


@require_POST
@book
def renew(request: HttpRequest, hold: UUID) -> HttpResponse:
    """Keep the place longer, once; only the clock of the panel is drawn again, what was typed stays."""
    held = _booking(request, hold)
    try:
        held = holds.renew(hold=held, origin=origin_of(request))
    except Refusal as refusal:
        return refused(request, "_clock.html", {"hold": held}, refusal)
    said = _("Held until %(time)s.") % {"time": shown.time(held.held_until)}
    return answer(request, "_clock.html", {"hold": held}, said=said)


@require_POST
@book
def release(request: HttpRequest, hold: UUID) -> HttpResponse:
    """The panel was closed: the place is everybody's again. One that ended by itself is no fault."""
    held = _booking(request, hold)
    with suppress(Refusal):
        holds.release(hold=held, origin=origin_of(request))
    return answer(request, "_empty.html", {}, slots=[held.slot.uuid])


def _seen(request: HttpRequest) -> int | None:
    """Which version of the booking the panel showed when the person decided."""
    return read_number(request.POST.get("version", ""))


def _shown(request: HttpRequest, uuid: UUID, **more: Any) -> dict[str, Any]:
    """A booking with its events and what can be done with it now."""
    booking = _booking(request, uuid)
    now = clock.now()
    events = list(booking.events.select_related("by").order_by("-pk")[:20])
    booked, begun = booking.status == AppointmentStatus.BOOKED, booking.starts_at <= now
    user = request.user
    return {
        "booking": booking,
        "slot": booking.slot,
        "words": read_back.of(booking) if booked else None,
        "events": events,
        "may_print": bool(booking.patient) and booking.status in slip.PRINTED,
        "may_change": booked and user.has_perm("scheduling.change_appointment"),
        "may_move": booked and not begun and user.has_perm("scheduling.change_appointment"),
        "may_noshow": booked and begun and user.has_perm("scheduling.mark_noshow"),
        "may_correct": booking.status == AppointmentStatus.NOSHOW and user.has_perm("scheduling.mark_noshow"),
        "may_overbook": _may_overbook(request, booking.slot),
        "may_resume": booking.status == AppointmentStatus.HELD and booking.by_id == user.pk and not booking.patient_id,
        "may_undo": _may_undo(booking, events, now) and user.has_perm("scheduling.change_appointment"),
        **more,
    }


def _may_undo(booking: Appointment, events: list, now: Any) -> bool:
    ended = booking.status in (AppointmentStatus.CANCELLED, AppointmentStatus.NOSHOW) and booking.patient_id
    steps = [event for event in events if event.kind != EventKind.TOLD]
    return bool(ended and steps and (now - steps[0].at).total_seconds() <= appointments.UNDO_MINUTES * 60)


@require_GET
@staff("scheduling.view_appointment")
def booking(request: HttpRequest, booking: UUID) -> HttpResponse:
    """One booking: who, when, what happened, what can be done. Who looked is written down."""
    context = _shown(request, booking)
    patient = context["booking"].patient
    if patient:
        revealing.note_opening(patient, by=request.user, ip=request.META.get("REMOTE_ADDR"))
    return answer(request, "_booking.html", context)


@require_GET
@change
def choose(request: HttpRequest, booking: UUID) -> HttpResponse:
    """Where to move: the place that was pointed at (`slot`), the nearest ones, or the grid itself."""
    context = _shown(request, booking)
    pointed = read_uuid(request.GET.get("slot", ""))
    target = seeing.slots(request.user).with_session().filter(uuid=pointed).first() if pointed else None
    near = [] if target else alternatives.near(context["slot"], origin_of(request), clock.now(), count=6)
    shown_there = {"alternatives": near, "moving": context["booking"], "target": target}
    return answer(request, "_move.html", {**context, **shown_there})


@require_POST
@change
def move(request: HttpRequest, booking: UUID) -> HttpResponse:
    """To another place: the new one is taken before the old one is freed."""
    form = SlotForm(request.POST)
    old = _booking(request, booking)
    if not form.is_valid():
        return answer(request, "_booking.html", _shown(request, booking), status=422)
    slots = [old.slot.uuid, form.cleaned_data["slot"]]
    try:
        appointments.move(appointment=old, origin=origin_of(request), version=_seen(request), **form.cleaned_data)
    except Refusal as refusal:
        context = {**_shown(request, booking), "moving": old}
        return refused(request, "_move.html", context, refusal, slots)
    context = _shown(request, booking, fresh=True, moved=True)
    said = _("Moved to %(time)s.") % {"time": shown.moment(context["booking"].starts_at)}
    return answer(request, "_booking.html", context, slots=slots, said=said)


@require_http_methods(["GET", "POST"])
@change
def cancel(request: HttpRequest, booking: UUID) -> HttpResponse:
    """Ask why, then free the place."""
    found = _booking(request, booking)
    form = CancelForm(posted(request))
    context = {**_shown(request, booking), "form": form, "reason": request.POST.get("reason", "")}
    if not form.is_valid():
        errors = " ".join(message for messages in form.errors.values() for message in messages)
        return answer(request, "_cancel.html", {**context, "error": errors}, said=errors, status=422 if errors else 200)
    given = {**form.cleaned_data, "cause": form.cleaned_data["cause"] or "patient"}
    return _do(
        request,
        found,
        lambda origin: appointments.cancel(appointment=found, origin=origin, version=_seen(request), **given),
        _("Cancelled. The place is free."),
    )


@require_POST
@change
def confirm(request: HttpRequest, booking: UUID) -> HttpResponse:
    """The patient will come."""
    found = _booking(request, booking)
    return _do(
        request, found, lambda origin: appointments.confirm(appointment=found, origin=origin, version=_seen(request)),
        _("Confirmed."),
    )  # fmt: skip


@require_POST
@staff("scheduling.mark_noshow")
def noshow(request: HttpRequest, booking: UUID) -> HttpResponse:
    """The patient did not come."""
    found = _booking(request, booking)
    return _do(
        request, found, lambda origin: appointments.mark_noshow(appointment=found, origin=origin),
        _("Recorded: did not come."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff("scheduling.mark_noshow")
def correct(request: HttpRequest, booking: UUID) -> HttpResponse:
    """Recorded as absent by mistake: ask why, then say that they were seen."""
    found = _booking(request, booking)
    form = WhyForm(posted(request))
    if not form.is_valid():
        error = " ".join(message for messages in form.errors.values() for message in messages)
        context = {**_shown(request, booking), "error": error}
        return answer(request, "_correct.html", context, said=error, status=422 if error else 200)
    why = form.cleaned_data["reason"]
    return _do(
        request, found, lambda origin: settling.was_here(appointment=found, origin=origin, reason=why),
        _("Corrected: they were seen."),
    )  # fmt: skip


@require_POST
@change
def undo(request: HttpRequest, booking: UUID) -> HttpResponse:
    """Take the last step back."""
    found = _booking(request, booking)
    return _do(
        request,
        found,
        lambda origin: appointments.undo(appointment=found, origin=origin),
        _("The booking stands again."),
    )


def _do(request: HttpRequest, found: Appointment, act: Any, said: str) -> HttpResponse:
    """Call the service, show the booking as it is now, or why not."""
    slots = [found.slot.uuid]
    try:
        act(origin_of(request))
    except Refusal as refusal:
        return refused(request, "_booking.html", _shown(request, found.uuid), refusal, slots)
    return answer(request, "_booking.html", _shown(request, found.uuid, fresh=True), slots=slots, said=said)
