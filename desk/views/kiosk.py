"""The kiosk at the entrance: prove who you are, say yes, take your number. It keeps nothing between two people."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Channel, Device
from common.errors import Refusal
from desk.kiosk_forms import CodeForm, IdentifierForm, ReferenceForm
from visits.models import QueueEntry
from visits.services import arrival, door_codes, kiosk, waiting_times

FORMS = {"code": CodeForm, "reference": ReferenceForm, "identifier": IdentifierForm}
PROOF = "desk.kiosk"  # salt of the proof that travels between the steps
PROVEN_FOR = dt.timedelta(minutes=3)  # longer than the page waits before it resets itself


def at_kiosk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """With the machine of this address, in the language of the address, and kept nowhere."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, kiosk: UUID, language: str = "", **kwargs: Any) -> HttpResponse:
        machines = Device.objects.filter(channel=Channel.KIOSK, is_active=True, user__is_active=True)
        machine = get_object_or_404(machines.select_related("user"), uuid=kiosk)
        with translation.override(language or settings.LANGUAGE_CODE):
            answer = view(request, machine, *args, **kwargs)
        add_never_cache_headers(answer)
        return answer

    return inside


@require_GET
@at_kiosk
def start(request: HttpRequest, machine: Device) -> HttpResponse:
    """Which of the three ways?"""
    return _step(request, machine, "code", form=CodeForm())


@require_http_methods(["GET", "POST"])
@at_kiosk
def prove(request: HttpRequest, machine: Device, how: str) -> HttpResponse:
    """Ask for the proof, then show whose visit it is and ask whether that is right."""
    how, form = _form(request, how)
    if not form.is_bound or not form.is_valid():
        said = " ".join(message for messages in form.errors.values() for message in messages) if how == "code" else ""
        return _step(request, machine, how, form=form, said=said, status=422 if form.is_bound else 200)
    try:
        found = form.find(machine, request.META.get("REMOTE_ADDR"))
    except Refusal as refusal:
        return _step(request, machine, how, form=form, refusal=refusal, status=_status(refusal))
    proof = signing.dumps([str(one.uuid) for one in found], salt=PROOF)
    return _step(request, machine, "confirm", bookings=found, proof=proof)


def _form(request: HttpRequest, how: str) -> tuple[str, Any]:
    """The step and its form. A reader types into whatever field is open: a code counts as one in any of them."""
    scanned = next((text for text in request.POST.values() if door_codes.is_code(text)), "")
    if scanned:
        return "code", CodeForm({"code": scanned})
    if how not in FORMS:
        raise Http404
    return how, FORMS[how](request.POST if request.method == "POST" else None)


@require_POST
@at_kiosk
def arrive(request: HttpRequest, machine: Device) -> HttpResponse:
    """“Yes, that is me”: checked in. Pressed twice it is the same number."""
    try:
        proven = signing.loads(request.POST.get("proof", ""), salt=PROOF, max_age=PROVEN_FOR)
    except signing.BadSignature:
        return _step(request, machine, "code", form=CodeForm(), said=_("That took too long. Please begin again."))
    wanted = request.POST.get("booking", "")
    if wanted not in proven:
        return _step(request, machine, "code", form=CodeForm(), said=_("Please begin again."))
    try:
        entry = arrival.check_in(appointment=UUID(wanted), origin=kiosk.origin_of(machine))
    except Refusal as refusal:
        return _step(request, machine, "refused", refusal=refusal, status=_status(refusal))
    return _step(request, machine, "ticket", **_ticket(entry))


def _status(refusal: Refusal) -> int:
    """One that the page draws (kiosk.html): it was answered, whatever the answer."""
    return refusal.status if refusal.status in (409, 422, 429) else 409


def _ticket(entry: QueueEntry) -> dict[str, Any]:
    entry = QueueEntry.objects.for_desk().get(pk=entry.pk)
    told = waiting_times.of_session(entry.session).get(entry.pk)
    return {"entry": entry, "estimate": told}


def _step(request: HttpRequest, machine: Device, step: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """The whole page, or for a page that is open only its middle."""
    template = f"desk/kiosk/{step}.html" if request.htmx else "desk/kiosk.html"
    context |= {
        "kiosk": machine,
        "step": step,
        "inside": f"desk/kiosk/{step}.html",
        "hospital": (settings.HOSPITAL_NAME_ZH, settings.HOSPITAL_NAME),
        "language": translation.get_language(),
        "languages": [(code, translation.get_language_info(code)["name_local"]) for code, _n in settings.LANGUAGES],
    }
    return render(request, template, context, status=status)
