"""Answers as JSON. Built by hand from objects that are loaded already: a booking has no time for serializers."""

import datetime as dt
import json
from typing import Any

from django.http import HttpResponse

from common import clock


def answer(data: Any, status: int = 200) -> HttpResponse:
    """`data` (plain dicts, lists, texts and numbers) as the body of an answer."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return HttpResponse(body, content_type="application/json", status=status)


def instant(at: dt.datetime | None) -> str | None:
    """An instant on the hospital's clock, with its distance from UTC: 2026-03-02T09:00:00+08:00."""
    return clock.local(at).isoformat(timespec="seconds") if at else None


def day(on: dt.date | None) -> str | None:
    """A calendar day, YYYY-MM-DD."""
    return on.isoformat() if on else None
