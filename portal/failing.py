"""When a page of the portal cannot be shown: what became of the booking, what to do, and whom to call.

Drawn without database, session and context processors, which may be what failed.
"""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from common import shown
from portal import pages

WORDS = {404: "not_there.html", 400: "not_there.html", 403: "not_there.html"}


def page(request: HttpRequest, status: int) -> HttpResponse:
    """The portal's page for this status."""
    known = {
        "language": get_language(),
        "hospital_name": shown.hospital(),
        "phones": _phones(),
        "was_sent": request.method == "POST",
    }
    return render(None, f"portal/failing/{WORDS.get(status, 'broken.html')}", known, status=status)


def _phones() -> list[tuple[str, str, str]]:
    """(site, phone, hours): the hospital's own line, else what a page before has remembered."""
    if settings.HOSPITAL_PHONE:
        return [("", settings.HOSPITAL_PHONE, "")]
    try:
        known = cache.get(pages.PHONES) or []
    except Exception:  # the cache may be what failed
        return []
    return [(str(site), site.phone, site.phone_hours) for site in known]
