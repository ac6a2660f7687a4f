"""The booking desk: find the caller, see all that matters of them, take a place while they are on the phone."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from common import clock
from common.ids import read_uuid
from desk import asking, finding, offering
from desk.caller import Caller
from desk.door import cell_rights, origin_of, staff
from desk.forms import PlacesForm
from directory.models import Practitioner
from patients.models import Patient
from patients.services import revealing
from scheduling import seeing
from scheduling.models import Appointment
from scheduling.services.free_places import Wish

books = staff("scheduling.add_appointment", "scheduling.view_slot", "patients.view_patient")
AGAIN = {"month": dt.timedelta(weeks=4), "quarter": dt.timedelta(weeks=13)}  # whole weeks keep the weekday


@require_GET
@books
def page(request: HttpRequest) -> HttpResponse:
    """The whole desk at one address: whose, what, from when. Opening a record is written down."""
    patient = _patient(request)
    context: dict[str, Any] = {"unfinished": _unfinished(request), **_resumed(request), **cell_rights(request)}
    if patient:
        context |= _for(request, patient)
        _note_opening(request, patient)
    request.current_app = admin.site.name
    named = {"title": _("Booking desk"), "content_title": _("Booking desk"), "is_fullwidth": "1"}
    return TemplateResponse(request, "desk/booking.html", {**admin.site.each_context(request), **named, **context})


def _note_opening(request: HttpRequest, patient: Patient) -> None:
    """A page that is drawn again in parts is one opening; whoever asks for another patient opens another record."""
    if request.htmx and request.session.get("caller") == str(patient.uuid):
        return
    revealing.note_opening(patient, by=request.user, ip=request.META.get("REMOTE_ADDR"))
    request.session["caller"] = str(patient.uuid)


def _patient(request: HttpRequest, name: str = "patient") -> Patient | None:
    """A record that was merged while the page was open leads to the one that was kept."""
    ref = read_uuid(request.GET.get(name, ""))
    if ref is None:
        return None
    rows = Patient.objects.visible_to(request.user).for_list().select_related("merged_into")
    found = get_object_or_404(rows, uuid=ref)
    return found.merged_into or found


def _for(request: HttpRequest, patient: Patient) -> dict[str, Any]:
    caller = Caller(patient, request.user)
    asked = PlacesForm(request.GET).asked()
    what, person = _asked(request, caller, asked)
    context = {"caller": caller, "patient": patient, "what": what, "with_person": person, "asked": asked}
    second = _patient(request, "second")
    context["second"] = second = second if second != patient else None
    context |= {"again": {name: clock.today() + span for name, span in AGAIN.items()}}
    if what is None:
        context["departments"] = asking.departments(request.user)
    else:
        wish = Wish(
            asked["first_day"], asked["first_day"], part_of_day=asked["part"],
            **{what.kind: what.uuid} | ({"practitioner": person.uuid} if person else {}),
        )  # fmt: skip
        context["offering"] = offering.offer(
            wish, patient=patient, origin=origin_of(request), for_two=second is not None, chosen=asked["cell"]
        )
    return context


def _asked(request: HttpRequest, caller: Caller, asked: dict[str, Any]) -> tuple[asking.What | None, Any]:
    """What the address asks for, else what the patient had last; and with whom, if only with one."""
    what = asking.read(request.user, asked["what"])
    sessions = (
        seeing.sessions(request.user).filter(practitioner__uuid=asked["person"]).order_by().values("practitioner")
    )
    person = Practitioner.objects.filter(pk__in=sessions).first() if asked["person"] else None
    if what is None and caller.last:
        what = asking.read(request.user, f"service.{caller.last.slot.service.uuid}")
    return what, person


def _unfinished(request: HttpRequest) -> list[Appointment]:
    """Places held at the desk: one's own first, then those of colleagues, which anybody may go on with."""
    rows = seeing.appointments(request.user).held_now(clock.now()).for_desk().select_related("by")
    return sorted(rows, key=lambda hold: (hold.by_id != request.user.pk, hold.held_until))


def _resumed(request: HttpRequest) -> dict[str, Any]:
    """A held place with which the page opens; one that has ended is simply not there."""
    ref = read_uuid(request.GET.get("hold", ""))
    found = seeing.appointments(request.user).held_now(clock.now()).filter(uuid=ref).first() if ref else None
    return {"resumed": found}


@require_GET
@books
def found(request: HttpRequest) -> HttpResponse:
    """Who may be calling, while it is being typed."""
    text = request.GET.get("q", "").strip()
    context = {"candidates": finding.candidates(request.user, text), "text": text}
    return render(request, "desk/_candidates.html", context)


@require_GET
@books
def what(request: HttpRequest) -> HttpResponse:
    """What may be asked for, while it is being typed."""
    text = request.GET.get("q", "").strip()
    return render(request, "desk/_whats.html", {"options": asking.found(request.user, text), "text": text})
