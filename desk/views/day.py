"""The page: one day of a department."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from common import clock
from desk import grid
from desk.door import cell_rights, staff
from desk.forms import DayForm, neighbours
from directory.models import Department, HealthcareService
from scheduling import seeing
from scheduling.models import Appointment


@staff("scheduling.view_slot", "scheduling.view_appointment")
def day(request: HttpRequest) -> HttpResponse:
    """Practitioners by time, with what is free, taken and closed."""
    asked = DayForm(request.GET).asked()
    known, first = grid.departments_of(request.user, asked["day"])
    department = _department(known, asked["department"], first)
    services = _services(request, department)
    service = next((one for one in services if one.uuid == asked.get("service")), None)
    shown = grid.of_day(
        request.user, asked["day"], department=department, service=service, session=asked.get("session")
    )
    request.current_app = admin.site.name
    return TemplateResponse(
        request,
        "desk/day.html",
        {
            **admin.site.each_context(request),
            "title": _("Day grid"),
            "content_title": _("Day grid"),
            "is_fullwidth": "1",
            "day": asked["day"],
            "before": neighbours(asked["day"])[0],
            "after": neighbours(asked["day"])[1],
            "departments": known,
            "department": department,
            "services": services,
            "service": service,
            "grid": shown,
            "one_session": asked.get("session"),
            "unfinished": _unfinished(request, asked.get("hold")),
            "heads": [
                (column.practitioner, column.places(by_department=department is None)) for column in shown.columns
            ],
            "moving": _moving(request, asked.get("moving")),
            **cell_rights(request),
        },
    )


def _department(known: list[Department], asked: str, first: Department | None) -> Department | None:
    """The one asked for; none for “all”; else the first with a session."""
    if asked == "all":
        return None
    return next((one for one in known if str(one.uuid) == asked), first)


def _services(request: HttpRequest, department: Department | None) -> list[HealthcareService]:
    rows = HealthcareService.objects.visible_to(request.user).filter(is_active=True)
    return list(rows.filter(department=department)) if department else []


def _unfinished(request: HttpRequest, hold: UUID | None) -> Appointment | None:
    """A place that the person still holds: the panel opens with it. One that has ended is simply not there."""
    if hold is None or not request.user.has_perm("scheduling.add_appointment"):
        return None
    return Appointment.objects.holds_of(request.user, clock.now()).filter(uuid=hold).first()


def _moving(request: HttpRequest, booking: UUID | None) -> Appointment | Any:
    """The booking that looks for another place."""
    if booking is None or not request.user.has_perm("scheduling.change_appointment"):
        return None
    return get_object_or_404(seeing.appointments(request.user).for_desk(), uuid=booking)
