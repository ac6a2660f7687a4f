"""Arrival and queue: the page, what changed on it since, and the next one who is called."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.errors import Refusal
from desk import grid, queues
from desk.door import origin_of, staff
from desk.queue_forms import PRIORITIES, ChoiceForm, KeyForm
from directory.models import Department
from scheduling import seeing
from scheduling.models import Session
from visits.models import QueueEntry
from visits.services import queue

UNCHANGED = 204

look = staff("visits.view_queueentry")


@require_GET
@look
def page(request: HttpRequest) -> HttpResponse:
    """Check-in on the left, the queues of a department on the right."""
    known, first = grid.departments_of(request.user, clock.today())
    choice = _choice(request, known, first)
    sessions = queues.sessions_of(request.user, choice.department)
    shown = queues.shown_of(sessions, choice, clock.now())
    request.current_app = admin.site.name
    return TemplateResponse(
        request,
        "desk/queue.html",
        {
            **admin.site.each_context(request),
            "title": _("Arrival and queue"),
            "content_title": _("Arrival and queue"),
            "is_fullwidth": "1",
            "departments": known,
            "choice": choice,
            "rooms": sorted({one.location for one in sessions if one.location}, key=lambda room: room.code),
            "sessions": sessions,
            "over": len(sessions) - len(shown) if not choice.only else 0,
            "columns": queues.columns(request.user, shown),
            "priorities": PRIORITIES,
            "may_receive": request.user.has_perm("visits.add_queueentry"),
            "now": clock.local(clock.now()),
        },
    )


def _choice(request: HttpRequest, known: list[Department], first: Department | None) -> queues.Choice:
    form = ChoiceForm(request.GET)
    form.is_valid()
    asked = form.cleaned_data.get("department", "")
    department = None if asked == "all" else next((one for one in known if str(one.uuid) == asked), first)
    return queues.Choice(department, form.cleaned_data.get("only"))


@require_GET
@look
def fresh(request: HttpRequest) -> HttpResponse:
    """The columns that differ from those that the page has (`have`: session:version, …); 204 when none does."""
    known, first = grid.departments_of(request.user, clock.today())
    choice = _choice(request, known, first)
    sessions = queues.shown_of(queues.sessions_of(request.user, choice.department), choice, clock.now())
    columns = queues.columns(request.user, sessions)
    have = dict(pair.split(":", 1) for pair in request.GET.get("have", "").split(",") if ":" in pair)
    changed = [one for one in columns if have.get(str(one.session.uuid)) != one.version]
    now = {"X-Queue-At": f"{clock.local(clock.now()):%H:%M:%S}"}
    if not changed and set(have) == {str(one.session.uuid) for one in columns}:
        return HttpResponse(status=UNCHANGED, headers=now)
    order = [one.session.uuid for one in columns]
    return HttpResponse(drawn(request, changed, order=order), headers=now)


def drawn(request: HttpRequest, columns: Iterable[queues.Column], order: Iterable[UUID] = ()) -> str:
    """Columns for the page to take in; `order` names all that it shall have, when some may have come or gone."""
    return render_to_string("desk/_queue_fresh.html", {"columns": columns, "order": list(order)}, request)


def answer(
    request: HttpRequest,
    *,
    sessions: Iterable[UUID] = (),
    said: str = "",
    refusal: Refusal | None = None,
    template: str = "",
    **context: Any,
) -> HttpResponse:
    """What an act leads to: a fragment, the columns that it changed, and a word about it."""
    parts = [render_to_string(f"desk/{template}", {**context, "refusal": refusal}, request)] if template else []
    parts.append(drawn(request, queues.columns_of(request.user, sessions)))
    words = {"said": str(refusal) if refusal else said, "tone": "danger" if refusal else "success"}
    parts.append(render_to_string("desk/_queue_said.html", words, request))
    return HttpResponse("".join(parts), status=status_of(refusal))


def status_of(refusal: Refusal | None) -> int:
    """200; refused: 409 when somebody was faster, else 422."""
    if refusal is None:
        return 200
    return 409 if refusal.status == 409 else 422


def origin_with_key(request: HttpRequest, act: str) -> Any:
    """The person and this press of the button."""
    form = KeyForm(request.POST)
    key = form.cleaned_data["key"] if form.is_valid() else None
    return origin_of(request, f"desk:{act}:{key}" if key else "")


def called(entry: QueueEntry) -> str:
    """`Called: 012 张伟, Room 3`."""
    facts = {"ticket": entry.ticket, "name": entry.appointment.patient.name, "room": entry.location}
    text = _("Called: %(ticket)s %(name)s, %(room)s") if entry.location else _("Called: %(ticket)s %(name)s")
    return text % facts


@require_POST
@staff("visits.view_queueentry", "visits.call_queueentry")
def call_next(request: HttpRequest, session: UUID) -> HttpResponse:
    """Whoever is next in the session's queue; pressed twice it is one call."""
    found: Session = get_object_or_404(seeing.sessions(request.user), uuid=session)
    try:
        entry = queue.call_next(session=found, origin=origin_with_key(request, "next"))
    except Refusal as refusal:
        return answer(request, sessions=[session], refusal=refusal)
    return answer(request, sessions=[session], said=called(entry))
