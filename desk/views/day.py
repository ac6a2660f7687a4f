"""The page: one day of a site or department, or one practitioner's week; kept fresh, and times blocked on it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from common import clock
from common.errors import Refusal
from common.ids import read_uuid
from desk import changes, grid
from desk.cells import cells_of
from desk.door import offers_of, staff
from desk.drawing import MARK, Drawing
from desk.forms import BlockForm, DayForm
from directory.models import Department, HealthcareService, Practitioner, Site
from scheduling import seeing
from scheduling.models import Appointment, Slot
from scheduling.services import slots

look = staff("scheduling.view_slot", "scheduling.view_appointment")


@dataclass
class Choice:
    """What the address asks for, and what else could be chosen."""

    asked: grid.Asked
    departments: list[Department]
    services: list[HealthcareService]

    @property
    def sites(self) -> list[tuple[Site, list[Department]]]:
        """Sites with their departments."""
        sites = dict.fromkeys(one.site for one in self.departments)
        return [(site, [one for one in self.departments if one.site == site]) for site in sites]

    @property
    def query(self) -> str:
        """Names this very board, also when an hour from now another one would be shown first."""
        asked = self.asked
        place = asked.department.uuid if asked.department else f"site-{asked.site.uuid}" if asked.site else "all"
        named = {
            "day": asked.day.isoformat(),
            "department": place,
            "service": asked.service and asked.service.uuid,
            "session": asked.session,
            "practitioner": asked.practitioner and asked.practitioner.uuid,
        }
        return urlencode({name: value for name, value in named.items() if value})

    @property
    def step(self) -> dt.timedelta:
        """From one page to the next."""
        return dt.timedelta(days=len(self.asked.days))


@look
def day(request: HttpRequest) -> HttpResponse:
    """Times by practitioners or days, with what is free, taken and closed."""
    form = DayForm(request.GET).asked()
    choice, moving = _choice(request, form), _moving(request, form.get("moving"))
    blocking = bool(form.get("blocking")) and request.user.has_perm("scheduling.block_slot") and not moving
    doing = "moving" if moving else "blocking" if blocking else ""
    at = clock.now()
    shown, drawing = grid.of(request.user, choice.asked, at), Drawing(offers_of(request, doing))
    request.current_app = admin.site.name
    named = {"title": _("Day grid"), "content_title": _("Day grid"), "is_fullwidth": "1"}
    context = {
        "choice": choice,
        "asked": choice.asked,
        "before": choice.asked.day - choice.step,
        "after": choice.asked.day + choice.step,
        "grid": shown,
        "rows": [(time, drawing.row(boxes)) for time, boxes in shown.rows],
        "heads": [(one, one.places(by_department=choice.asked.department is None)) for one in shown.columns],
        "unfinished": _unfinished(request, form.get("hold")),
        "moving": moving,
        "doing": doing,
        "may_block": request.user.has_perm("scheduling.block_slot"),
        "at": changes.write_moment(at),
        "zone": settings.TIME_ZONE,
        "shape": shown.shape,
    }
    return TemplateResponse(request, "desk/day.html", {**admin.site.each_context(request), **named, **context})


@require_POST
@look
def fresh(request: HttpRequest) -> HttpResponse:
    """Only the cells that the page does not show as they are; 204 when there are none."""
    at = clock.now()
    times = _choice(request, DayForm(request.GET).asked()).asked.slots(request.user)
    known = _marks(request.POST.get("known", ""))
    drawing = Drawing(offers_of(request))
    found = changes.since(times, changes.read_moment(request.POST.get("at", "")), at)
    parts = [part for cell in found if (part := drawing.cell(cell, known))]
    answer = HttpResponse("".join(parts), status=200 if parts else 204)
    answer["X-At"] = changes.write_moment(at)
    answer["X-Shape"] = changes.shape(times)
    return answer


@require_POST
@staff("scheduling.view_slot", "scheduling.view_appointment", "scheduling.block_slot")
def block(request: HttpRequest) -> HttpResponse:
    """Close the chosen times, or open those among them that are blocked."""
    form = BlockForm(request.POST)
    if not form.is_valid():
        return _barred(request, _("Choose at least one time."), [])
    chosen, opens = form.cleaned_data["slots"], form.cleaned_data["opens"]
    rows = Slot.objects.filter(pk__in=seeing.slots(request.user).filter(uuid__in=chosen).values("pk"))
    try:
        act = slots.unblock if opens else slots.block
        count = act(rows, by=request.user, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        return _barred(request, str(refusal), [], refusal)
    opened = ngettext("%(n)s time takes bookings again.", "%(n)s times take bookings again.", count)
    closed = ngettext(
        "%(n)s time is blocked. Bookings in it stay.", "%(n)s times are blocked. Bookings in them stay.", count
    )
    return _barred(request, (opened if opens else closed) % {"n": count}, chosen)


def _barred(request: HttpRequest, said: str, chosen: list[UUID], refusal: Refusal | None = None) -> HttpResponse:
    drawing = Drawing(offers_of(request, "blocking"))
    parts = [drawing.cell(cell) for cell in cells_of(request.user, chosen)]
    failed = refusal is not None or not chosen
    parts.append(render_to_string("desk/_blocked.html", {"said": said, "failed": failed}, request))
    return HttpResponse("".join(parts), status=422 if failed else 200)


def _marks(text: str) -> set[str]:
    return {text[start : start + MARK] for start in range(0, len(text), MARK)}


def _choice(request: HttpRequest, form: dict[str, Any]) -> Choice:
    person = _practitioner(request, form.get("practitioner"))
    if person is not None:
        monday = form["day"] - dt.timedelta(days=form["day"].weekday())
        return Choice(grid.Asked(monday, practitioner=person), [], [])
    known = grid.places_of(request.user)
    site, department = _place(known, form["department"])
    if not (site or department or form["department"] == "all"):
        department = grid.first_of(request.user, known, form["day"])
    services = _services(request, department)
    service = next((one for one in services if one.uuid == form.get("service")), None)
    return Choice(grid.Asked(form["day"], site, department, service, form.get("session")), known, services)


def _practitioner(request: HttpRequest, uuid: UUID | None) -> Practitioner | None:
    if uuid is None:
        return None
    mine = seeing.sessions(request.user).filter(practitioner__uuid=uuid).order_by().values("practitioner")
    return get_object_or_404(Practitioner, pk__in=mine)


def _place(known: list[Department], text: str) -> tuple[Site | None, Department | None]:
    """The site or department that `text` names; neither for “all” and for what cannot be read."""
    if text.startswith("site-"):
        site = read_uuid(text.removeprefix("site-"))
        return next((one.site for one in known if one.site.uuid == site), None), None
    return None, next((one for one in known if str(one.uuid) == text), None)


def _services(request: HttpRequest, department: Department | None) -> list[HealthcareService]:
    rows = HealthcareService.objects.visible_to(request.user).filter(is_active=True)
    return list(rows.filter(department=department)) if department else []


def _unfinished(request: HttpRequest, hold: UUID | None) -> Appointment | None:
    """A place that the person still holds: the panel opens with it. One that has ended is simply not there."""
    if hold is None or not request.user.has_perm("scheduling.add_appointment"):
        return None
    return Appointment.objects.holds_of(request.user, clock.now()).filter(uuid=hold).first()


def _moving(request: HttpRequest, booking: UUID | None) -> Appointment | None:
    """The booking that looks for another place."""
    if booking is None or not request.user.has_perm("scheduling.change_appointment"):
        return None
    return get_object_or_404(seeing.appointments(request.user).for_desk(), uuid=booking)
