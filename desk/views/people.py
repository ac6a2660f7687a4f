"""The rows behind a number of Today."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from common import clock
from common.ids import read_uuid
from desk import choosing
from desk.door import staff
from desk.people import KINDS, Asked
from scheduling import seeing
from scheduling.models import Session


@require_GET
@staff("scheduling.view_session", "scheduling.view_appointment")
def people(request: HttpRequest, kind: str) -> HttpResponse:
    """Everybody who is counted there now."""
    if kind not in KINDS:
        raise Http404
    wanted = KINDS[kind]
    if not request.user.has_perm(wanted.right):
        raise PermissionDenied
    session = _session(request)
    asked = Asked(request.user, choosing.asked(request), clock.now(), session and session.uuid)
    request.current_app = admin.site.name
    shown: dict[str, Any] = {"rows": list(wanted.rows(asked)), "template": wanted.template, "session": session}
    named = {"title": wanted.title, "content_title": wanted.title, "is_fullwidth": "1", "at": asked.at}
    return TemplateResponse(request, "desk/people.html", {**admin.site.each_context(request), **named, **shown})


def _session(request: HttpRequest) -> Session | None:
    if not request.GET.get("session"):
        return None
    uuid = read_uuid(request.GET["session"])
    return get_object_or_404(seeing.sessions(request.user).for_list(), uuid=uuid)
