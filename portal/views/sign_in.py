"""Signing in: the phone, then the code that was sent to it. The answer is the same for every number."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_POST

from accounts.services import one_time_codes
from accounts.services.actors import portal_user
from common.errors import Refusal
from patients.services import portal_accounts
from portal import asking, codes, entering, visitor
from portal.identity_forms import CodeForm, PhoneForm

ASKED = "portal_asked"  # in the session: ref of the code, the phone, where to go afterwards


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_all
def phone(request: HttpRequest) -> HttpResponse:
    """Asks for the phone; POST sends a code to it."""
    wanted = entering.wanted_next(request)
    if request.visitor:
        return redirect(wanted or "portal:home")
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            send_code(request, form.cleaned_data["phone"], wanted)
            return redirect("portal:code")
        except Refusal as refusal:
            asking.say_no(form, refusal)
    return asking.draw(request, "sign_in/phone.html", form, {"next": wanted})


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_all
def code(request: HttpRequest) -> HttpResponse:
    """Asks for the code; POST signs in."""
    asked = request.session.get(ASKED)
    if not asked:
        return redirect("portal:sign_in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            proved = one_time_codes.check(ref=UUID(asked["ref"]), code=form.cleaned_data["code"])
            return _enter(request, proved, asked["next"])
        except Refusal as refusal:
            asking.say_no(form, refusal, "code")
    return asking.draw(request, "sign_in/code.html", form, {})


@require_POST
@entering.for_all
def again(request: HttpRequest) -> HttpResponse:
    """Another code instead of the last one, in writing or read out by a call."""
    asked = request.session.get(ASKED)
    if not asked:
        return redirect("portal:sign_in")
    try:
        send_code(request, asked["phone"], asked["next"], by_voice="voice" in request.POST)
    except Refusal as refusal:
        form = CodeForm({})
        form.full_clean()
        form.errors.clear()
        asking.say_no(form, refusal, "code")
        return asking.draw(request, "sign_in/code.html", form, {})
    return redirect("portal:code")


@require_POST
@entering.for_all
def out(request: HttpRequest) -> HttpResponse:
    """Signs out, in this browser."""
    visitor.leave(request)
    return redirect("portal:home")


def send_code(request: HttpRequest, phone: str, wanted: str, *, by_voice: bool = False) -> None:
    """Raises TooManyCodes, CodesUnavailable."""
    ref = codes.send(request, phone, by_voice=by_voice)
    request.session[ASKED] = {"ref": ref, "phone": phone, "next": wanted}


def _enter(request: HttpRequest, phone: str, wanted: str) -> HttpResponse:
    account = portal_accounts.sign_in(phone=phone, language=translation.get_language(), by=portal_user())
    del request.session[ASKED]
    visitor.enter(request, account)
    if account.patient_id is None:
        return redirect(entering.with_next("portal:who_are_you", wanted))
    return redirect(wanted or "portal:home")
