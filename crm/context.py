"""What every template may say about the hospital."""

from functools import partial

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from common import clock
from crm import theme
from messaging.services import health

REMEMBERED = 15  # seconds: every page of staff asks


def hospital(request: HttpRequest) -> dict:
    """The hospital's name in the page's language, the version of the program, and, for staff, whether messages go out
    late: minutes, 0 when all is well. Asked of the database only by a page that shows it."""
    late = SimpleLazyObject(partial(_minutes_late, request))
    return {"hospital_name": theme.hospital_name(request), "version": settings.VERSION, "messages_late": late}


def _minutes_late(request: HttpRequest) -> int:
    if not request.user.has_perm("messaging.view_delivery"):
        return 0
    return cache.get_or_set("messages_late", _ask, REMEMBERED)


def _ask() -> int:
    oldest = health.oldest_due(clock.now())
    return round(oldest.total_seconds() / 60) if oldest and oldest > health.LATE else 0
