"""The call screen of a waiting room: the page, and what it asks for every few seconds."""

from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from common import clock
from visits.models import CallScreen
from visits.services import screens


@require_GET
def page(request: HttpRequest, screen: UUID) -> HttpResponse:
    """Both languages at once; it fills itself and goes on without the network."""
    found = get_object_or_404(_in_use(), uuid=screen)
    hospital = (settings.HOSPITAL_NAME_ZH, settings.HOSPITAL_NAME)
    return render(request, "desk/screen.html", {"screen": found, "hospital": hospital})


@require_GET
def calls(request: HttpRequest, screen: UUID) -> JsonResponse:
    """Who is called, who comes next, and the words of the voice for each call. 410: the address was taken away."""
    found = _in_use().filter(uuid=screen).first()
    if found is None:
        return JsonResponse({}, status=410)
    now = clock.now()
    shown = [{**vars(one), "spoken": list(screens.spoken(one))} for one in screens.calls(found, now)]
    ready = [vars(one) for one in screens.ready(found, now)]
    return JsonResponse({"at": f"{clock.local(now):%H:%M:%S}", "calls": shown, "ready": ready})


def _in_use() -> QuerySet[CallScreen]:
    return CallScreen.objects.filter(is_active=True)
