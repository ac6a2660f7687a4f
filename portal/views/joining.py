"""Adding somebody to whom one acts for: a child by declaring, an adult by a code to their own phone."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.services import one_time_codes
from accounts.services.actors import portal_user
from common.errors import Refusal
from interactions.services import self_service
from patients.errors import ProxyExists
from patients.models import Patient, Purpose
from patients.services import family, portal_accounts
from patients.services.portal_accounts import Papers
from portal import agreeing, asking, codes, entering, invited
from portal.identity_forms import AdultForm, AgreedForm, ChildForm
from portal.invited import Invited


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_patients
def child(request: HttpRequest) -> HttpResponse:
    """Asks for a child and the guardian's agreement; POST adds it."""
    form = ChildForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            with transaction.atomic():  # no child without the guardian's consent
                return _added(_child(request, form.papers(), form.cleaned_data["relation"]))
        except Refusal as refusal:
            asking.say_no(form, refusal, "number")
    known = {"consent": agreeing.words_for_a_child(Purpose.PORTAL)}
    return asking.draw(request, "family/child.html", form, known)


def _child(request: HttpRequest, papers: Papers, relation: str) -> Patient:
    known = {"guardian": request.visitor.person, "papers": papers, "phone": request.visitor.account.phone}
    try:
        patient = self_service.add_child(relation=relation, by=portal_user(), **known).patient
    except ProxyExists:
        patient = _member(request, papers)
    agreeing.record(patient, Purpose.PORTAL, agreeing.words_for_a_child(Purpose.PORTAL))
    return patient


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_patients
def adult(request: HttpRequest) -> HttpResponse:
    """Asks for an adult; POST sends a code to their phone, the same for somebody known and unknown."""
    form = AdultForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            family.check_adult(guardian=request.visitor.person, papers=form.papers())
            _invite(request, form.cleaned_data["phone"], form.cleaned_data["relation"], form.papers())
            return redirect("portal:adult_code")
        except Refusal as refusal:
            asking.say_no(form, refusal, "number")
    return asking.draw(request, "family/adult.html", form, {})


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_patients
def code(request: HttpRequest) -> HttpResponse:
    """Shows what the adult agrees to and asks for their code; POST adds them."""
    one = invited.kept(request)
    if one is None:
        return redirect("portal:add_adult")
    form = AgreedForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            phone = one_time_codes.check(ref=UUID(one.ref), code=form.cleaned_data["code"])
            return _added(_adult(request, one, phone))
        except Refusal as refusal:
            asking.say_no(form, refusal, "code")
    return _ask_code(request, form)


@require_POST
@entering.for_patients
def again(request: HttpRequest) -> HttpResponse:
    """Another code to the same phone, in writing or read out by a call."""
    one = invited.kept(request)
    if one is None:
        return redirect("portal:add_adult")
    try:
        _invite(request, one.phone, one.relation, one.papers, by_voice="voice" in request.POST)
    except Refusal as refusal:
        form = AgreedForm({})
        form.full_clean()
        form.errors.clear()
        asking.say_no(form, refusal, "code")
        return _ask_code(request, form)
    return redirect("portal:adult_code")


def _ask_code(request: HttpRequest, form: AgreedForm) -> HttpResponse:
    return asking.draw(request, "family/code.html", form, {"consent": agreeing.words(Purpose.PORTAL)})


def _invite(request: HttpRequest, phone: str, relation: str, papers: Papers, *, by_voice: bool = False) -> None:
    invited.keep(request, Invited(codes.send(request, phone, by_voice=by_voice), phone, relation, papers))


def _adult(request: HttpRequest, one: Invited, phone: str) -> Patient:
    known = {"guardian": request.visitor.person, "papers": one.papers, "phone": phone}
    try:
        patient = self_service.add_adult(relation=one.relation, by=portal_user(), **known).patient
    except ProxyExists:
        patient = _member(request, one.papers)
    agreeing.record(patient, Purpose.PORTAL)
    invited.forget(request)
    return patient


def _member(request: HttpRequest, papers: Papers) -> Patient:
    """Who was added before is simply there. Raises ProxyExists when staff gave a right that is no right to book."""
    for one in request.visitor.people[1:]:
        if portal_accounts.agrees(one, papers):
            return one
    raise ProxyExists


def _added(patient: Patient) -> HttpResponse:
    return redirect("portal:added", patient.uuid)
