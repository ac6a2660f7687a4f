"""Whose record is the visitor's: by the phone on it, else by a document."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.services.actors import portal_user
from common.errors import Refusal
from interactions.services import self_service
from patients.models import Patient, Purpose
from patients.services import portal_accounts
from patients.services.portal_accounts import Papers
from portal import agreeing, asking, entering
from portal.fields import given
from portal.identity_forms import DocumentForm, WhoForm

SAID = "portal_said"  # in the session: name and birth date, until the document has been asked for


@require_http_methods(["GET", "HEAD", "POST"])
@entering.signed_in
def who_are_you(request: HttpRequest) -> HttpResponse:
    """Asks for name and birth date; when the phone stands on a record with them, that is all."""
    wanted = entering.wanted_next(request)
    if request.visitor.person:
        return redirect(wanted or "portal:home")
    form = WhoForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _by_phone(request, form.papers(), wanted)
        except Refusal as refusal:
            asking.say_no(form, refusal)
    return asking.draw(
        request, "who/who_are_you.html", form, {"next": wanted, "consent": agreeing.words(Purpose.PORTAL)}
    )


def _by_phone(request: HttpRequest, papers: Papers, wanted: str) -> HttpResponse:
    with transaction.atomic():  # nobody is linked without having agreed
        known = portal_accounts.link_by_phone(account=request.visitor.account, papers=papers, by=portal_user())
        if known:
            return _linked(request, known, wanted)
    request.session[SAID] = {"name": papers.name, "birth_date": papers.birth_date.isoformat()}
    return redirect(entering.with_next("portal:document", wanted))


@require_http_methods(["GET", "HEAD", "POST"])
@entering.signed_in
def document(request: HttpRequest) -> HttpResponse:
    """Asks for a document, and finds or opens the record."""
    wanted, said = entering.wanted_next(request), request.session.get(SAID)
    if request.visitor.person:
        return redirect(wanted or "portal:home")
    if not said:
        return redirect(entering.with_next("portal:who_are_you", wanted))
    form = DocumentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        number = given(form.cleaned_data["kind"], form.cleaned_data["number"])
        papers = Papers(said["name"], agreeing.day(said["birth_date"]), number)
        try:
            with transaction.atomic():
                found = self_service.link(account=request.visitor.account, papers=papers, by=portal_user())
                return _linked(request, found.patient, wanted)
        except Refusal as refusal:
            asking.say_no(form, refusal, "number")
    return asking.draw(request, "who/document.html", form, {"next": wanted})


def _linked(request: HttpRequest, patient: Patient, wanted: str) -> HttpResponse:
    agreeing.record(patient, Purpose.PORTAL)
    request.session.pop(SAID, None)
    return redirect(wanted or "portal:home")
