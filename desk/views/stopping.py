"""The stoppage workbench (停诊): which sessions, then what it means, then who is still to be told."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common import clock, shown
from common.errors import Refusal
from desk import stopping
from desk.door import origin_of, staff
from desk.forms import StoppingForm
from scheduling import seeing
from scheduling.models import Appointment, Substitute
from scheduling.services import substitutes, telling

stops = staff("scheduling.view_session", "scheduling.view_appointment", "scheduling.stop_session")
tells = staff("scheduling.view_appointment", "scheduling.change_appointment")
takes = staff("scheduling.view_appointment", "scheduling.add_appointment")
KEPT = ("appointment__slot__session__practitioner",)  # what a line names


@require_GET
@stops
def page(request: HttpRequest) -> HttpResponse:
    """Sessions by practitioner, room and days, all of them ticked; on to the preview that the sessions' pages use."""
    form = StoppingForm(request.GET, user=request.user)
    asked = form.asked()
    found = stopping.sessions(request.user, asked) if asked else []
    if request.GET.getlist("session") and "preview" in request.GET:
        return _to_preview(request)
    context = {"form": form, "asked": asked, "sessions": found[: stopping.MOST], "more": len(found) > stopping.MOST}
    return _page(request, "desk/stopping.html", _("Stop sessions"), **context)


def _to_preview(request: HttpRequest) -> HttpResponse:
    query = {"session": request.GET.getlist("session")}
    if request.user.has_perm("scheduling.change_appointment"):
        query["next"] = reverse("admin:desk:untold")
    return redirect(reverse("admin:scheduling_session_stop_preview", query=query))


@require_GET
@tells
def untold(request: HttpRequest) -> HttpResponse:
    """Everybody who lost a place, or is still booked where nobody new gets in, the soonest first."""
    now = clock.now()
    rows = telling.still_to_tell(seeing.appointments(request.user), now).for_desk().with_reach()
    kept = Prefetch("substitutes", Substitute.objects.standing(now).select_related(*KEPT), "kept")
    found = list(rows.prefetch_related("patient__contact_points", kept)[: stopping.MOST])
    return _page(
        request, "desk/untold.html", _("Still to be told"), rows=found, left=len(found), at=now, most=stopping.MOST
    )


@require_POST
@takes
def take(request: HttpRequest, booking: UUID) -> HttpResponse:
    """They come at the time that is kept for them: the line goes, with the words to read back."""

    def do(wanted: Appointment) -> str:
        made = substitutes.take(lost=wanted, origin=origin_of(request))
        facts = {"name": wanted.patient, "time": shown.moment(made.starts_at), "reference": made}
        return _("%(name)s is booked for %(time)s. Reference %(reference)s.") % facts

    return _settle(request, booking, do)


@require_POST
@tells
def tell(request: HttpRequest, booking: UUID) -> HttpResponse:
    """They know, and want no other place: the line goes."""

    def do(wanted: Appointment) -> str:
        telling.tell(appointment=wanted, origin=origin_of(request))
        return _("%(name)s has been told.") % {"name": wanted.patient}

    return _settle(request, booking, do)


def _settle(request: HttpRequest, booking: UUID, do: Callable[[Appointment], str]) -> HttpResponse:
    """The line goes and the number of those left is drawn again; refused, with why."""
    wanted = get_object_or_404(seeing.appointments(request.user).for_desk(), uuid=booking)
    try:
        said = do(wanted)
    except Refusal as refusal:
        return TemplateResponse(request, "desk/_untold_said.html", {"said": str(refusal), "failed": True}, status=409)
    left = telling.still_to_tell(seeing.appointments(request.user), clock.now())[: stopping.MOST].count()
    context = {"said": said, "gone": wanted, "left": left, "at": clock.now(), "most": stopping.MOST}
    return TemplateResponse(request, "desk/_untold_said.html", context)


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    request.current_app = admin.site.name
    named = {"title": title, "content_title": title, "is_fullwidth": "1"}
    return TemplateResponse(request, template, {**admin.site.each_context(request), **named, **context})
