"""The first page, and what a phone needs to keep the portal beside its apps."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import clock, shown
from portal import acting, cards, entering, journey, pages
from scheduling.models import Appointment, AppointmentStatus
from scheduling.services import begun

NEXT = 3  # visits that stand on the first page


@require_safe
@entering.for_all
def page(request: HttpRequest) -> HttpResponse:
    """What can be done here, what was begun, and the next visits of who is signed in."""
    known = _of_patient(request) if request.visitor and request.visitor.person else {}
    return pages.draw(request, "home.html", known)


def _of_patient(request: HttpRequest) -> dict[str, Any]:
    now, people = clock.now(), request.visitor.people
    coming = Appointment.objects.for_desk().filter(
        patient__in=people, status=AppointmentStatus.BOOKED, ends_at__gte=now
    )
    open_one = begun.latest(people, by=acting.origin().by, at=now)
    return {
        "visits": [cards.visit(one, now) for one in coming.order_by("starts_at", "pk")[:NEXT]],
        "begun": open_one and cards.place(open_one.slot, open_one.patient),
        "code": open_one,
        "go_on": open_one and _where(open_one, now),
    }


def _where(held: Appointment, now: dt.datetime) -> str:
    """The check page while the place is kept, else the times of that day."""
    if held.has_lapsed(now) or held.status != AppointmentStatus.HELD:
        return journey.of_hold(held).times(clock.local(held.starts_at).date())
    return reverse("portal:check", args=[held.uuid])


@require_POST
@entering.for_all
def stay(request: HttpRequest) -> HttpResponse:
    """Somebody pressed “stay signed in”. 401 when it was too late."""
    return HttpResponse(status=204 if request.visitor else 401)


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The portal as an app of the phone."""
    icon = {"src": static("crm.svg"), "sizes": "any", "type": "image/svg+xml"}
    known = {
        "name": _("%(hospital)s: booking") % {"hospital": shown.hospital()},
        "short_name": shown.hospital(),
        "start_url": reverse("portal:home"),
        "scope": reverse("portal:home"),
        "display": "standalone",
        "background_color": "#f8fafc",
        "theme_color": "#0f766e",
        "icons": [icon],
    }
    return JsonResponse(known, content_type="application/manifest+json")
