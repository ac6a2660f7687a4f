"""The waiting list on one page: a free place proposed, and the answer that comes by phone entered."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common import shown
from common.errors import Refusal
from desk import choosing, waiting_list
from desk.door import origin_of, staff
from desk.forms import SlotForm
from directory.models import Department
from scheduling import seeing
from scheduling.models import WaitlistEntry, WaitlistOffer
from scheduling.services import waitlist

look = staff("scheduling.view_waitlistentry", "scheduling.view_waitlistoffer")
act = staff("scheduling.view_waitlistentry", "scheduling.view_waitlistoffer", "scheduling.change_waitlistentry")


@require_GET
@look
def page(request: HttpRequest) -> HttpResponse:
    """Offers that run, and who waits; of one department or of all. A page that is open asks only for its middle."""
    if request.htmx:
        return _drawn(request)
    known = sorted(_departments(request), key=str)
    request.current_app = admin.site.name
    named = {"title": _("Waiting-list desk"), "content_title": _("Waiting-list desk"), "is_fullwidth": "1"}
    context = {**admin.site.each_context(request), **named, **_context(request), "departments": known}
    return TemplateResponse(request, "desk/waiting_list.html", context)


@require_GET
@act
def places(request: HttpRequest, entry: UUID) -> HttpResponse:
    """Free places that fit what this person wants."""
    waiting = _entry(request, entry)
    found = waiting_list.places(waiting, origin_of(request))
    return render(request, "desk/_waiting_places.html", {"entry": waiting, "places": found})


@require_POST
@act
def offer(request: HttpRequest, entry: UUID) -> HttpResponse:
    """Hold the place for this person alone while they think."""
    waiting, form = _entry(request, entry), SlotForm(request.POST)
    if not form.is_valid():
        return _drawn(request, _("Choose a time."), 422)

    def do() -> str:
        made = waitlist.offer(entry=waiting, slot=form.cleaned_data["slot"], origin=origin_of(request))
        held = {"name": waiting.patient, "until": shown.time(made.expires_at)}
        return _("Held for %(name)s until %(until)s.") % held

    return _do(request, do)


@require_POST
@act
def accept(request: HttpRequest, offer: UUID) -> HttpResponse:
    """They take it: booked."""
    running = _offer(request, offer)

    def do() -> str:
        made = waitlist.accept(offer=running, origin=origin_of(request))
        return _("Booked. Reference %(reference)s.") % {"reference": made}

    return _do(request, do)


@require_POST
@act
def decline(request: HttpRequest, offer: UUID) -> HttpResponse:
    """They do not take it: the place is free, they wait on."""
    running = _offer(request, offer)

    def do() -> str:
        waitlist.decline(offer=running, origin=origin_of(request))
        return _("The place is free; the person waits on.")

    return _do(request, do)


def _do(request: HttpRequest, do: Callable[[], str]) -> HttpResponse:
    try:
        return _drawn(request, do())
    except Refusal as refusal:
        return _drawn(request, str(refusal), 409 if refusal.status == 409 else 422)


def _drawn(request: HttpRequest, said: str = "", status: int = 200) -> HttpResponse:
    context = {**_context(request), "said": said, "failed": status != 200}
    return render(request, "desk/_waiting.html", context, status=status)


def _context(request: HttpRequest) -> dict[str, Any]:
    choice = choosing.asked(request)
    return {"found": waiting_list.of(request.user, choice), "choice": choice}


def _departments(request: HttpRequest) -> QuerySet[Department]:
    waited_for = seeing.waiting(request.user).order_by().values("service__department")
    return Department.objects.filter(pk__in=waited_for).select_related("site")


def _entry(request: HttpRequest, uuid: UUID) -> WaitlistEntry:
    rows = seeing.waiting(request.user).select_related("patient", "service", "practitioner")
    return get_object_or_404(rows, uuid=uuid)


def _offer(request: HttpRequest, uuid: UUID) -> WaitlistOffer:
    return get_object_or_404(seeing.offers(request.user).select_related("entry"), uuid=uuid)
