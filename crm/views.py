"""Health and error pages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from common import clock
from crm import health, theme
from crm.middleware import is_api, is_portal
from portal import doors, failing


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the database answers, else 503."""
    report = health.report(at=clock.now())
    return JsonResponse({**report, "version": settings.VERSION}, status=200 if report["ok"] else 503)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What was sent cannot be read."""
    return _error(request, 400, "malformed", gettext("This request could not be read."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The person's role does not go this far."""
    return _error(request, 403, "forbidden", gettext("Your role does not include this page."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing is here, or nothing that this person may see."""
    return _error(request, 404, "not_found", gettext("There is nothing at this address."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was opened too long ago, or in another sign-in."""
    if request.resolver_match and request.resolver_match.app_name in ("link", "portal"):
        return doors.form_over(request)
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault. Rendered without database, session or context processors, which may be what failed."""
    if is_portal(request):
        return failing.page(request, 500)
    if is_api(request):
        return _error(request, 500, "error", gettext("Something went wrong on our side."))
    known = {"language": get_language(), "hospital_name": theme.hospital_name(request)}
    return render(None, "500.html", known, status=500)


def _error(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    if is_api(request):
        return JsonResponse({"code": code, "message": message}, status=status)
    if is_portal(request):
        return failing.page(request, status)
    return render(request, f"{status}.html", {"message": message}, status=status)
