"""The door for carriers. Not for people: it answers in codes."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from messaging.channels.base import Incoming, NotFromCarrier
from messaging.models import MessageChannel
from messaging.services import planning, receiving

LARGEST = 256 * 1024  # bytes; a receipt is a few hundred


@csrf_exempt  # the caller is no browser; its signature is checked instead
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, channel: UUID, ref: UUID | None = None) -> HttpResponse:
    """Take in what a carrier tells: 2xx once it is written down, 401 for a wrong signature, 413 and 400 for nonsense,
    503 for a receipt that comes before we know its number.

    ref is for the adapter, which reads it from the address; it decides nothing here.
    """
    found = get_object_or_404(MessageChannel, uuid=channel)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse(status=413)
    try:
        heard = receiving.hear(found, _incoming(request))
    except NotFromCarrier:
        return HttpResponse(status=401)
    except receiving.TooEarly:
        return HttpResponse(status=503, headers={"Retry-After": "60"})  # carriers repeat what was not taken
    except ValueError:
        return HttpResponse(status=400)
    if heard.events:
        planning.wake_answers()
    return HttpResponse(heard.answer, content_type=heard.content_type)


def _incoming(request: HttpRequest) -> Incoming:
    body = request.body  # read before the form is, or it is gone
    form: dict[str, Any] = request.POST.dict() if "form" in request.content_type else {}
    return Incoming(
        method=request.method,
        url=f"{settings.PUBLIC_URL}{request.get_full_path()}",
        query=request.GET.dict(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        form=form,
    )
