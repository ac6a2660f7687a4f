"""What is done with one ticket: called again, skipped, put back, handed over, begun, finished, gone, back again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from common.admin import posted
from common.errors import Refusal
from desk import queues
from desk.door import staff
from desk.queue_forms import PRIORITIES, FinishForm, HandOverForm, PriorityForm
from desk.views.queue import answer, called, origin_with_key
from visits import seeing
from visits.models import Outcome, QueueEntry
from visits.services import arrival, encounters, queue

look = staff("visits.view_queueentry")


@dataclass(frozen=True)
class Act:
    """A press of a button: the service behind it, and what is said when it is done."""

    do: Callable[..., Any]
    said: Any


ACTS = {
    "call": Act(queue.call, ""),
    "skip": Act(queue.skip, _("%(ticket)s %(name)s did not answer.")),
    "put_back": Act(queue.put_back, _("%(ticket)s %(name)s waits again.")),
    "start": Act(encounters.start, _("%(ticket)s %(name)s is with the clinician.")),
    "leave": Act(queue.leave, _("%(ticket)s %(name)s has left.")),
    "come_back": Act(queue.come_back, _("%(ticket)s %(name)s is back and waits.")),
    "take_back": Act(arrival.take_back, _("The check-in of %(name)s is taken back.")),
}


def find(request: HttpRequest, entry: UUID, act: str) -> QueueEntry:
    """The ticket, for a person who may do `act`. Raises PermissionDenied, Http404."""
    if not request.user.has_perm(queues.RIGHTS[act]):
        raise PermissionDenied
    return get_object_or_404(seeing.entries(request.user).for_desk(), uuid=entry)


def facts(entry: QueueEntry) -> dict[str, str]:
    """What a sentence about a ticket names."""
    return {"ticket": entry.ticket, "name": entry.appointment.patient.name}


@require_POST
@look
def act(request: HttpRequest, entry: UUID, act: str) -> HttpResponse:
    """One of ACTS; refused, the line is drawn as it is now, with why."""
    if act not in ACTS:
        raise Http404
    ticket = find(request, entry, act)
    sessions = [ticket.session.uuid]
    try:
        done = ACTS[act].do(entry=ticket, origin=origin_with_key(request, act))
    except Refusal as refusal:
        return answer(request, sessions=sessions, refusal=refusal)
    said = called(done) if act == "call" else ACTS[act].said % facts(ticket)
    return answer(request, sessions=sessions, said=said)


def _ask(
    request: HttpRequest,
    ticket: QueueEntry,
    form: Form,
    template: str,
    do: Callable[..., list[UUID]],
    said: Any,
    **more,
) -> HttpResponse:
    """A panel that asks what an act needs, then does it; refused, the panel stays with why and what was typed.

    do(**cleaned_data) returns the sessions whose columns changed.
    """
    context = {"entry": ticket, "form": form, **more}
    if request.method == "GET":
        return answer(request, template=template, **context)
    if not form.is_valid():
        wrong = " ".join(message for messages in form.errors.values() for message in messages)
        return _wrong(request, template, wrong, context)
    try:
        sessions = do(**form.cleaned_data)
    except Refusal as refusal:
        return answer(request, sessions=[ticket.session.uuid], refusal=refusal, template=template, **context)
    return answer(request, sessions=sessions, said=said % facts(ticket), template="_queue_done.html")


def _wrong(request: HttpRequest, template: str, wrong: str, context: dict) -> HttpResponse:
    given = answer(request, template=template, wrong=wrong, **context)
    given.status_code = 422
    return given


@require_http_methods(["GET", "POST"])
@look
def prioritise(request: HttpRequest, entry: UUID) -> HttpResponse:
    """Another priority, as seen at the counter."""
    ticket = find(request, entry, "prioritise")

    def do(**given: Any) -> list[UUID]:
        queue.prioritise(entry=ticket, origin=origin_with_key(request, "prioritise"), **given)
        return [ticket.session.uuid]

    said = _("%(ticket)s %(name)s has another place in the queue.")
    form = PriorityForm(posted(request))
    return _ask(request, ticket, form, "_queue_prioritise.html", do, said, priorities=PRIORITIES)


@require_http_methods(["GET", "POST"])
@look
def hand_over(request: HttpRequest, entry: UUID) -> HttpResponse:
    """To another session of today."""
    ticket = find(request, entry, "hand_over")

    def do(session: UUID, reason: str) -> list[UUID]:
        before = ticket.session.uuid
        origin = origin_with_key(request, "hand_over")
        queue.hand_over(entry=ticket, session=session, origin=origin, reason=reason)
        return [before, session]

    others = queues.others_today(request.user, ticket)
    said = _("%(ticket)s %(name)s waits for another session now.")
    return _ask(request, ticket, HandOverForm(posted(request)), "_queue_hand_over.html", do, said, others=others)


@require_http_methods(["GET", "POST"])
@look
def finish(request: HttpRequest, entry: UUID) -> HttpResponse:
    """The visit is over: what came of it, and when they come again."""
    ticket = find(request, entry, "finish")

    def do(**given: Any) -> list[UUID]:
        encounters.finish(entry=ticket, origin=origin_with_key(request, "finish"), **given)
        return [ticket.session.uuid]

    said = _("The visit of %(ticket)s %(name)s is over.")
    form = FinishForm(posted(request))
    return _ask(request, ticket, form, "_queue_finish.html", do, said, outcomes=Outcome.choices)
