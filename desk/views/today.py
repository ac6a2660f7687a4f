"""The landing page: the sessions of today in numbers that lead to their rows, refreshed while one looks."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from desk import alerts, choosing, today
from desk.door import staff
from desk.numbers import Number, Numbers

MARK = 4  # letters of a line's version


@require_GET
@staff("scheduling.view_session")
def page(request: HttpRequest) -> HttpResponse:
    """Today, by the site and department that the address names or that were chosen before."""
    kept = choosing.remembered(request)
    if kept is not None:
        return redirect(f"{reverse('admin:index')}?{urlencode(kept.query)}")
    choice = choosing.asked(request)
    choosing.remember(request, choice)
    found = today.of(request.user, choice)
    request.current_app = admin.site.name
    shown = {"title": _("Today"), "content_title": _("Today"), "is_fullwidth": "1", "choice": choice}
    return TemplateResponse(
        request, "desk/today.html", {**admin.site.each_context(request), **shown, **_drawn(request, found, choice)}
    )


@require_GET
@staff("scheduling.view_session")
def refresh(request: HttpRequest) -> HttpResponse:
    """Only what is not drawn yet on the page that asks; 204 when that is nothing. The page says what it shows."""
    choice = choosing.asked(request)
    found = today.of(request.user, choice)
    parts = _changes(request, found, choice)
    answer = HttpResponse("".join(parts), status=200 if parts else 204)
    answer["X-As-Of"] = found.clock
    return answer


def _changes(request: HttpRequest, found: today.Today, choice: choosing.Choice) -> list[str]:
    context = {**_drawn(request, found, choice), "oob": True}
    parts = []
    if request.headers.get("X-Order") != found.order:
        parts.append("_today_lines.html")
    else:
        context["lines"] = _unknown(request, context["lines"])
        parts += ["_today_changed.html"] if context["lines"] else []
    if request.headers.get("X-Alerts") != found.alerts:
        parts += ["_today_alerts.html", "_today_said.html"]
    return [render_to_string(f"desk/{part}", context, request) for part in parts]


@dataclass
class Drawn:
    """A line with its cells, which are made only when it is drawn."""

    line: today.Line
    numbers: Numbers

    @property
    def cells(self) -> list[Number]:
        """The numbers with their addresses."""
        return self.numbers.of(self.line)

    @property
    def ref(self) -> str:
        """The session's key: a number would be written by the habits of the language, which takes its time."""
        return str(self.line.session.pk)

    @property
    def html(self) -> SafeString:
        """The cells as they are drawn."""
        return SafeString("".join(cell.html(self.line.session.pk) for cell in self.cells))


def _unknown(request: HttpRequest, drawn: list[Drawn]) -> list[Drawn]:
    """The lines whose version the page does not have."""
    text = request.headers.get("X-Lines", "")
    known = {text[start : start + MARK] for start in range(0, len(text), MARK)}
    return [one for one in drawn if one.line.version not in known]


def _drawn(request: HttpRequest, found: today.Today, choice: choosing.Choice) -> dict[str, Any]:
    numbers = Numbers(request.user)
    return {
        "found": found,
        "numbers": numbers,
        "lines": [Drawn(line, numbers) for line in found.lines],
        "alerts": alerts.of(found, choice),
        "several_sites": len(found.choices["sites"]) > 1,
    }
