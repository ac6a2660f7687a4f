"""The outbox: what the default carrier did not send, as conversations that can be answered in the patient's place.

Pages of the staff admin that belong to no model; `crm.site` gives them their address.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.errors import Refusal
from common.ids import read_uuid
from messaging.models import MessageChannel
from messaging.services import outbox
from messaging.services.outbox import Bubble, Said, Talk
from patients.models import Patient

View = Callable[..., HttpResponse]
MAY_ANSWER = "messaging.answer_as_patient"


class AnswerForm(forms.Form):
    """What the patient would send. ref: the message whose key was pressed."""

    text = forms.CharField(max_length=2000, strip=True)
    ref = forms.UUIDField(required=False)


@dataclass(frozen=True)
class Shown:
    """What the page shows of the outbox: the list, and the conversation that was chosen."""

    channels: Sequence[MessageChannel]
    chosen: Said | None
    people: list[int] | None

    @cached_property
    def talks(self) -> list[Talk]:
        return outbox.recent(self.channels, self.people)

    @cached_property
    def bubbles(self) -> list[Bubble]:
        return outbox.bubbles(self.chosen.address, self.channels) if self.chosen else []

    @cached_property
    def version(self) -> str:
        """Differs when anything that is shown differs."""
        return hashlib.blake2s(repr((self.talks, self.bubbles)).encode(), digest_size=8).hexdigest()


def staff(view: View) -> View:
    """Signed-in staff who may speak for patients. A page whose session has ended is locked as it is."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and not admin.site.has_permission(request):
            return HttpResponse(status=401, headers={"HX-Trigger": "locked"})  # what was typed stays
        if admin.site.has_permission(request) and not request.user.has_perm(MAY_ANSWER):
            raise PermissionDenied
        return admin.site.admin_view(view)(request, *args, **kwargs)

    return guarded


@require_GET
@staff
def page(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    request.current_app = admin.site.name
    named = {"title": _("Outbox"), "content_title": _("Outbox"), "is_fullwidth": "1"}
    context = {**admin.site.each_context(request), **named, **_context(request, _shown(request))}
    return TemplateResponse(request, "messaging/outbox.html", context)


@require_GET
@staff
def fresh(request: HttpRequest) -> HttpResponse:
    """What has changed since the page was drawn; nothing when nothing has."""
    shown = _shown(request)
    if request.GET.get("have") == shown.version:
        return HttpResponse(status=204)
    return render(request, "messaging/_outbox_fresh.html", _context(request, shown))


@require_POST
@staff
def answer(request: HttpRequest) -> HttpResponse:
    """Said in the patient's place."""
    shown = _shown(request)
    if shown.chosen is None:
        raise Http404
    fault = _say(request, shown, AnswerForm(request.POST))
    if not request.htmx:
        return redirect(f"{reverse('admin:outbox:page')}?{request.GET.urlencode()}")
    said = {**_context(request, _shown(request)), "fault": fault, "has_answered": True}
    return render(request, "messaging/_outbox_fresh.html", said, status=409 if fault else 200)


def _say(request: HttpRequest, shown: Shown, form: AnswerForm) -> str:
    """Returns what was refused."""
    if not form.is_valid():
        return _("Please type what the patient answers, at most 2,000 characters.")
    ref = form.cleaned_data["ref"]
    pressed = outbox.find(ref, shown.channels) if ref else None
    message = pressed or outbox.newest(shown.chosen.address, shown.channels)
    if message is None or message.address != shown.chosen.address:
        raise Http404
    try:
        outbox.answer(message, form.cleaned_data["text"], by=request.user, names_it=pressed is not None)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _shown(request: HttpRequest) -> Shown:
    channels = outbox.own_channels()
    ref, text = read_uuid(request.GET.get("to", "")), request.GET.get("q", "").strip()
    meant = Patient.objects.visible_to(request.user).search(text).values_list("pk", flat=True) if text else None
    return Shown(channels, outbox.find(ref, channels) if ref else None, list(meant) if meant is not None else None)


def _context(request: HttpRequest, shown: Shown) -> dict[str, Any]:
    """With the query that leads back to the same conversation."""
    query = {name: request.GET[name] for name in ("to", "q") if request.GET.get(name)}
    return {"shown": shown, "search": query.get("q", ""), "query": urlencode(query)}
