"""Two people on one call: places side by side, held, booked or given back together."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.errors import Refusal
from desk import read_back
from desk.door import origin_of, staff
from desk.forms import ReasonForm, TwoForm
from desk.views.panel import answer, refused
from patients.models import Patient
from scheduling import seeing
from scheduling.models import Appointment, AppointmentStatus
from scheduling.services import holds, together
from scheduling.services.origin import digest_of

books = staff("scheduling.add_appointment", "patients.view_patient")


@require_POST
@books
def hold(request: HttpRequest) -> HttpResponse:
    """Keep two places while the caller decides; both or none."""
    form = TwoForm(request.POST)
    if not form.is_valid():
        raise Http404
    given = form.cleaned_data
    people = [get_object_or_404(Patient.objects.visible_to(request.user), uuid=given[name]) for name in TwoForm.PEOPLE]
    slots = [get_object_or_404(seeing.slots(request.user).with_session(), uuid=given[name]) for name in TwoForm.SLOTS]
    try:
        kept = together.hold_together(bookings=list(zip(people, slots, strict=True)), origin=origin_of(request))
    except Refusal as refusal:
        return refused(request, "_refused.html", {"slot": slots[0], "patient": people[0]}, refusal)
    return _shown(request, kept[0].group, said=_("Both places are held."))


@require_POST
@books
def book(request: HttpRequest, group: UUID) -> HttpResponse:
    """Both held places become bookings, or none. Asked twice with the same words, it is done once."""
    kept = _of(request, group)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    origin = origin_of(request, f"desk:{group}", digest_of(group, reason))
    try:
        together.book_held_together(kept=kept, origin=origin, reason=reason)
    except Refusal as refusal:
        return refused(request, "_two.html", _context(kept), refusal)
    return _shown(request, group, said=_("Both are booked."))


@require_POST
@books
def release(request: HttpRequest, group: UUID) -> HttpResponse:
    """The panel was closed: both places are everybody's again. One that ended by itself is no fault."""
    for kept in _of(request, group):
        with suppress(Refusal):
            holds.release(hold=kept, origin=origin_of(request))
    return answer(request, "_empty.html", {})


def _of(request: HttpRequest, group: UUID) -> list[Appointment]:
    rows = seeing.appointments(request.user).for_desk().select_related("by").filter(group=group)
    found = list(rows.order_by("starts_at", "pk"))
    if not found:
        raise Http404
    return found


def _context(kept: list[Appointment]) -> dict[str, Any]:
    is_held = any(one.status == AppointmentStatus.HELD for one in kept)
    told = [(one, read_back.of(one)) for one in kept]
    return {"told": told, "hold": kept[0], "is_held": is_held, "group": kept[0].group}


def _shown(request: HttpRequest, group: UUID, said: str) -> HttpResponse:
    return answer(request, "_two.html", _context(_of(request, group)), said=said)
