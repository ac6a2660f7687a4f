"""The end of the day: what has not come to an end is settled line by line, or several lines at once."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from common.ids import read_uuid
from desk import ending
from desk.door import origin_of, staff
from desk.forms import EndingForm, SettleForm, neighbours
from directory.models import Department
from scheduling.models import Appointment
from visits.services import settling
from visits.services.settling import Settled


@require_http_methods(["GET", "POST"])
@staff("scheduling.view_appointment", "scheduling.mark_noshow")
def page(request: HttpRequest) -> HttpResponse:
    """Everybody of a day who is neither seen nor absent, and what was decided about them."""
    if request.method == "POST":
        return _settle(request)
    request.current_app = admin.site.name
    named = {"title": _("End of day"), "content_title": _("End of day"), "is_fullwidth": "1"}
    return TemplateResponse(
        request, "desk/ending.html", {**admin.site.each_context(request), **named, **_shown(request)}
    )


def _settle(request: HttpRequest) -> HttpResponse:
    form = SettleForm(_decided(request))
    chosen = ending.chosen(request.user, _uuids(request))
    if not form.is_valid() or not chosen:
        return _answer(request, Settled(), _("Tick at least one line first."), status=422)
    result = _done(request, chosen, **form.cleaned_data)
    return _answer(request, result, _told(result), status=422 if result.refused and not result.done else 200)


def _done(request: HttpRequest, chosen: list[Appointment], act: str, reason: str) -> Settled:
    return settling.settle(chosen, act=act, origin=origin_of(request), reason=reason)


def _decided(request: HttpRequest) -> dict[str, str]:
    """The act: of the line's own button, or of the bar that speaks of all ticked lines."""
    act = request.POST.get("one", "").partition(":")[0] or request.POST.get("act", "")
    return {"act": act, "reason": request.POST.get("reason", "")}


def _uuids(request: HttpRequest) -> list[UUID]:
    one = request.POST.get("one", "").partition(":")[2]
    return [found for text in ([one] if one else request.POST.getlist("booking")) if (found := read_uuid(text))]


def _told(result: Settled) -> str:
    done, refused = len(result.done), len(result.refused)
    parts = [ngettext("%(n)s settled.", "%(n)s settled.", done) % {"n": done}] if done else []
    parts += [ngettext("%(n)s refused.", "%(n)s refused.", refused) % {"n": refused}] if refused else []
    return " ".join(parts)


def _answer(request: HttpRequest, result: Settled, said: str, status: int) -> HttpResponse:
    """The list as it is now, with what was refused; the words typed stay as long as something was."""
    shown = _shown(request)
    kept = {"reason": request.POST.get("reason", "") if status == 422 or result.refused else ""}
    context = {**shown, **kept, "result": result, "ticked": {booking.pk for booking, _why in result.refused}}
    context["said"] = f"{said} {_left(len(shown['rows']))}"
    context["problem"] = "" if result.done or result.refused else said
    return HttpResponse(render_to_string("desk/_ending.html", context, request), status=status)


def _left(count: int) -> str:
    if not count:
        return _("Everybody is settled.")
    return ngettext("%(n)s is still open.", "%(n)s are still open.", count) % {"n": count}


def _shown(request: HttpRequest) -> dict[str, Any]:
    asked = EndingForm(request.GET).asked()
    known = list(Department.objects.visible_to(request.user).filter(is_active=True).select_related("site"))
    department = next((one for one in known if one.uuid == asked.get("department")), None)
    rows = ending.rows_of(request.user, asked["day"], department)
    before, after = neighbours(asked["day"])
    return {
        "day": asked["day"],
        "before": before,
        "after": after,
        "departments": known,
        "department": department,
        "rows": rows,
        "left": _left(len(rows)),
        "absent": ending.absent(request.user, asked["day"], department),
        "past": [one for one in ending.past_days(request.user, department) if one[0] != asked["day"]],
    }
