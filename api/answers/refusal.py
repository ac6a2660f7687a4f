"""Every "no" of the API has one shape: `{"code", "message", "field"?, "alternatives"?}`."""

import logging
import math
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers
from rest_framework.request import Request

from api.authentication import SCHEME
from api.refusals import (
    KeyMissing,
    Malformed,
    MediaTypeRefused,
    MethodRefused,
    NotAcceptable,
    NotFound,
    RateLimited,
)
from common.errors import Busy, Refusal
from patients.models import Patient
from patients.services.lookalikes import Lookalike
from scheduling.models import Slot

from . import people, places
from .json import answer

log = logging.getLogger("api")
BUSY_SECONDS = 1


class RefusalAnswer(serializers.Serializer):
    code = serializers.CharField(help_text=_("Stable, for software."))
    message = serializers.CharField(help_text=_("For people, in the language of Accept-Language."))
    field = serializers.CharField(required=False, help_text=_("Which part of the request is meant."))


class NoPlaceAnswer(RefusalAnswer):
    alternatives = places.SlotAnswer(many=True, required=False, help_text=_("The nearest free slots."))


class LooksAlikeAnswer(RefusalAnswer):
    alternatives = people.CandidateAnswer(many=True, required=False, help_text=_("The most alike first."))


def handle(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """The one exception handler: what went wrong, as an answer. None for a fault of ours, which Django answers."""
    refusal = translate(error)
    if refusal is None:
        return None
    request = context["request"]
    if refusal.status in (401, 403):
        log.warning("%s %s %s for %s", refusal.code, request.method, request.path, caller(request))
    response = answer(body(refusal, request), refusal.status)
    for name, value in headers(refusal).items():
        response[name] = value
    return response


def translate(error: Exception) -> Refusal | None:
    """What the frameworks raise, as a refusal."""
    match error:
        case Refusal():
            return error
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return KeyMissing()
        case exceptions.MethodNotAllowed():
            return MethodRefused(method=error.args[0] if error.args else "")
        case exceptions.UnsupportedMediaType():
            return MediaTypeRefused()
        case exceptions.NotAcceptable():
            return NotAcceptable()
        case exceptions.Throttled():
            return RateLimited(seconds=max(1, math.ceil(error.wait or 1)))
        case exceptions.ParseError():
            return Malformed(problem="HTTP")
        case Http404():
            return NotFound()
        case ValidationError():  # a model's own last word on length or characters
            named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            field, messages = next(iter(named.items()))
            return Malformed(field=field, problem=messages[0])
        case OperationalError():
            log.error("the database did not answer", exc_info=error)
            return Busy()
    return None


def body(refusal: Refusal, request: Request) -> dict[str, Any]:
    """The refusal in the reader's language."""
    told: dict[str, Any] = {"code": refusal.code, "message": str(refusal)}
    if refusal.field:
        told["field"] = refusal.field
    if shown := [fit for one in refusal.alternatives if (fit := _alternative(one, request))]:
        told["alternatives"] = shown
    return told


def _alternative(one: Any, request: Request) -> dict[str, Any] | None:
    if isinstance(one, Slot):
        return places.slot(one)
    if isinstance(one, Lookalike | Patient) and request.auth.may_read_patients:
        return people.candidate(one)
    return None


def headers(refusal: Refusal) -> dict[str, str]:
    """What the status demands beside the body."""
    match refusal.status:
        case 401:
            return {"WWW-Authenticate": SCHEME}
        case 429:
            return {"Retry-After": str(refusal.params.get("seconds", 60))}
        case 503:
            return {"Retry-After": str(BUSY_SECONDS)}
    return {}


def caller(request: Request) -> str:
    """Which key asked, for the log; never the secret."""
    key = getattr(request, "_auth", None)
    return key.prefix if key else "nobody"
