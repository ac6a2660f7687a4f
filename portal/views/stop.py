"""No more messages: looking changes nothing, one press does, and one click in a reader's mail program (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from common import clock
from directory.models import Site
from messaging.models import Message
from messaging.services import opting_out
from portal import doors
from reminders.errors import LinkOver


def _find(token: str) -> Message:
    message = opting_out.find(token)
    if message is None:
        raise LinkOver
    return message


@csrf_exempt  # a mail program posts without cookies; the sealed address is the proof
@require_http_methods(["GET", "HEAD", "POST"])
@doors.opened_by_secret(_find)
def page(request: HttpRequest, message: Message) -> HttpResponse:
    """Asks; POST stops messages to this address, or, with `back`, takes that back."""
    if request.method == "POST":
        return _act(request, message)
    known = {
        "message": message,
        "address": message.contact_point.masked,
        "is_out": opting_out.is_out(message),
        "sites": Site.objects.filter(is_active=True).exclude(phone=""),
    }
    return doors.page(request, "stop.html", known)


def _act(request: HttpRequest, message: Message) -> HttpResponse:
    if "back" in request.POST:
        opting_out.take_back(message.medium, message.address, clock.now())
    else:
        opting_out.stop(message.medium, message.address, opting_out.BY_PAGE, clock.now())
    if request.POST.get("List-Unsubscribe") == "One-Click":
        return HttpResponse(status=200)
    return redirect(request.get_full_path())
