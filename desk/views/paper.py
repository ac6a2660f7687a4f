"""Day lists on demand."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from accounts.models.access import Action
from accounts.services import access
from common import clock
from desk import grid
from desk.door import staff
from desk.forms import PaperForm
from desk.paper import render, sheets


@require_GET
@staff("scheduling.view_slot", "scheduling.view_appointment")
def paper(request: HttpRequest) -> HttpResponse:
    """The list of a day and department, as a page or as PDF. Who takes names out of the house is written down."""
    asked = PaperForm(request.GET).asked()
    known, _first = grid.departments_of(request.user, asked["day"])
    department = next((one for one in known if one.uuid == asked.get("department")), None)
    at = clock.now()
    found = sheets.of_day(request.user, asked["day"], department=department, at=at)
    _note(request, f"{asked['day'].isoformat()} {department or ''} × {sum(len(sheet.rows) for sheet in found)}")
    if asked["as"] == "pdf":
        name = f"{asked['day'].isoformat()}.pdf"
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return HttpResponse(render.pdf(found, at), "application/pdf", headers=headers)
    return HttpResponse(render.html(found, at))


def _note(request: HttpRequest, detail: str) -> None:
    ip = request.META.get("REMOTE_ADDR")
    access.record(Action.EXPORT, by=request.user, kind="scheduling.appointment", detail=detail, ip=ip)
