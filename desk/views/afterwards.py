"""After an outage: what was written by hand is entered with its true times, all filled lines at once."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from common import clock
from common.errors import Refusal
from common.ids import read_uuid
from desk import ending
from desk.cells import Cell, cells
from desk.door import origin_of, staff
from desk.forms import EndingForm, TimesForm, WalkInTimesForm, neighbours
from directory.models import Department
from patients.models import Patient
from scheduling import seeing
from scheduling.models import Appointment, SessionStatus
from visits.services import afterwards
from visits.services.afterwards import Times

RIGHTS = ("scheduling.view_appointment", "visits.add_queueentry", "visits.call_queueentry")
enters = staff(*RIGHTS)
enters_anybody = staff(*RIGHTS, "scheduling.add_appointment", "patients.view_patient")
FIELDS = ("arrived", "began", "ended")


class _Result:
    """What was entered, and which lines were refused and why; what was typed there stays."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.refused: dict[int, str] = {}
        self.problem = ""

    def do(self, booking: Appointment, form: TimesForm, act: Callable[[], None]) -> None:
        """One line, whole or not at all; the others stand."""
        if not form.is_valid():
            self.refused[booking.pk] = next(iter(form.errors.values()))[0]
            return
        try:
            act()
        except Refusal as refusal:
            self.refused[booking.pk] = str(refusal)
        else:
            self.done.append(booking.patient.name)

    @property
    def said(self) -> str:
        """In one line."""
        done, refused = len(self.done), len(self.refused)
        parts = [ngettext("%(n)s line entered.", "%(n)s lines entered.", done) % {"n": done}] if done else []
        parts += [ngettext("%(n)s refused.", "%(n)s refused.", refused) % {"n": refused}] if refused else []
        return " ".join(parts)


@require_http_methods(["GET", "POST"])
@enters
def page(request: HttpRequest) -> HttpResponse:
    """Everybody of a day who is not settled, with room for what stands on paper."""
    if request.method == "GET":
        return _shown(request)
    day = EndingForm(request.GET).asked()["day"]
    result = _Result()
    for booking in ending.chosen(request.user, _filled(request)):
        form = TimesForm(_typed(request, booking))
        result.do(booking, form, lambda b=booking, f=form: _enter(request, b, _times(f, day)))
    return _shown(request, result) if result.refused else _back(request, result)


def _back(request: HttpRequest, result: _Result) -> HttpResponse:
    """The page anew, so that a reload enters nothing twice."""
    if result.said:
        messages.success(request, result.said)
    return redirect(f"{reverse('admin:desk:afterwards')}?{request.GET.urlencode()}")


def _enter(request: HttpRequest, booking: Appointment, times: Times) -> None:
    reason = _("After an outage")
    afterwards.enter(appointment=booking, times=times, origin=origin_of(request), reason=reason)


@require_POST
@enters_anybody
def walk_in(request: HttpRequest) -> HttpResponse:
    """Somebody who came without a booking."""
    form, result = WalkInTimesForm(request.POST), _Result()
    day = EndingForm(request.GET).asked()["day"]
    if not form.is_valid():
        result.problem = " ".join(dict.fromkeys(text for texts in form.errors.values() for text in texts))
        return _shown(request, result, form=form)
    given = form.cleaned_data
    patient = get_object_or_404(Patient.objects.visible_to(request.user), uuid=given["patient"])
    slot = get_object_or_404(seeing.slots(request.user).filter(session__day=day), uuid=given["slot"])
    try:
        wish = {"patient": patient, "slot": slot, "reason": given["reason"], "times": _times(form, day)}
        afterwards.enter_walk_in(origin=origin_of(request), **wish)
    except Refusal as refusal:
        result.problem = str(refusal)
        return _shown(request, result, form=form)
    result.done.append(patient.name)
    return _back(request, result)


def _filled(request: HttpRequest) -> list[UUID]:
    """Public ids of the lines in which something was typed."""
    names = [name.partition(":") for name, value in request.POST.items() if value.strip()]
    refs = dict.fromkeys(ref for field, _colon, ref in names if field in FIELDS)
    return [uuid for ref in refs if (uuid := read_uuid(ref))]


def _typed(request: HttpRequest, booking: Appointment) -> dict[str, str]:
    return {field: request.POST.get(f"{field}:{booking.uuid}", "") for field in FIELDS}


def _times(form: TimesForm, day: dt.date) -> Times:
    given = [form.cleaned_data[field] for field in FIELDS]
    return Times(*(clock.at_wall(day, time) if time else None for time in given))


def _shown(request: HttpRequest, result: _Result | None = None, form: WalkInTimesForm | None = None) -> HttpResponse:
    asked = EndingForm(request.GET).asked()
    known = list(Department.objects.visible_to(request.user).filter(is_active=True).select_related("site"))
    department = next((one for one in known if one.uuid == asked.get("department")), None)
    rows = ending.rows_of(request.user, asked["day"], department)
    result = result or _Result()
    before, after = neighbours(asked["day"])
    typed = [(row, _typed(request, row.booking), result.refused.get(row.booking.pk, "")) for row in rows]
    named = {"title": _("After an outage"), "content_title": _("After an outage"), "is_fullwidth": "1"}
    request.current_app = admin.site.name
    context: dict[str, Any] = {
        "day": asked["day"], "before": before, "after": after, "departments": known, "department": department,
        "rows": typed, "result": result, "form": form, "free": _free(request, asked["day"], department),
        "kept": _kept(request, form), "is_future": asked["day"] > clock.today(),
    }  # fmt: skip
    status = 422 if result.problem or (result.refused and not result.done) else 200
    return TemplateResponse(
        request, "desk/afterwards.html", {**admin.site.each_context(request), **named, **context}, status=status
    )


def _kept(request: HttpRequest, form: WalkInTimesForm | None) -> Patient | None:
    """The patient who was chosen for a walk-in that was refused."""
    ref = form.cleaned_data.get("patient") if form is not None else None
    return Patient.objects.visible_to(request.user).filter(uuid=ref).first() if ref else None


def _free(request: HttpRequest, day: dt.date, department: Department | None) -> list[Cell]:
    """Times of that day in which somebody could have been put: what was free is free in the books."""
    if day > clock.today() or not request.user.has_perm("scheduling.add_appointment"):
        return []
    slots = seeing.slots(request.user).filter(session__day=day, closed="")
    slots = slots.filter(session__status=SessionStatus.OPEN)
    slots = slots.filter(service__department=department) if department else slots
    return [cell for cell in cells(slots, clock.now()) if cell.left]
