"""The first page, and what a phone needs to keep the portal beside its apps."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import clock, shown
from portal import entering, pages, showing
from scheduling.models import Appointment, AppointmentStatus

NEXT = 3  # visits that stand on the first page


@require_safe
@entering.for_all
def page(request: HttpRequest) -> HttpResponse:
    """What can be done here, and the next visits of who is signed in."""
    return pages.draw(request, "home.html", {"visits": _next_visits(request)})


def _next_visits(request: HttpRequest) -> list:
    if not (request.visitor and request.visitor.person):
        return []
    rows = Appointment.objects.for_desk().filter(
        patient__in=request.visitor.people, status=AppointmentStatus.BOOKED, ends_at__gte=clock.now()
    )
    return [(one, showing.visit(one)) for one in rows.order_by("starts_at", "pk")[:NEXT]]


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
