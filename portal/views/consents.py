"""What the visitor agreed to: given and withdrawn by one press each, no reason asked (PIPL, article 15)."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.services.actors import portal_user
from patients.consent_texts import TEXTS
from patients.errors import ConsentWithdrawn
from patients.models import Consent, Patient, Purpose
from patients.services import consents, portal_accounts
from portal import agreeing, entering, pages, visitor
from portal.privacy_forms import ConsentForm


@dataclass(frozen=True)
class Row:
    """A purpose with its words: those that were agreed to, else those of today."""

    purpose: str
    label: Any
    words: str
    given: Consent | None


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_patients
def page(request: HttpRequest) -> HttpResponse:
    """Each purpose with its button; POST gives or withdraws. Without the portal's own consent there is no account."""
    if request.method != "POST":
        return pages.draw(request, "privacy/consents.html", {"rows": _rows(request.visitor.person)})
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return redirect("portal:consents")
    purpose, wants = form.cleaned_data["purpose"], form.cleaned_data["answer"] == "yes"
    if purpose == Purpose.PORTAL and not wants:
        return redirect("portal:leave_portal")
    _set(request.visitor.person, purpose, wants)
    return redirect(f"{reverse('portal:consents')}#{purpose}")


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_patients
def leave(request: HttpRequest) -> HttpResponse:
    """Says what it means to leave the portal; POST ends consent and account."""
    if request.method != "POST":
        return pages.draw(request, "privacy/leave.html", {})
    portal_accounts.leave(account=request.visitor.account, by=portal_user())
    visitor.leave(request)
    return redirect("portal:left")


@require_safe
@entering.for_all
def left(request: HttpRequest) -> HttpResponse:
    """The account has ended."""
    return pages.draw(request, "privacy/left.html", {})


def _rows(person: Patient) -> list[Row]:
    standing = {one.purpose: one for one in person.consents.live()}
    return [
        Row(purpose.value, purpose.label, standing[purpose].text_shown, standing[purpose])
        if purpose in standing
        else Row(purpose.value, purpose.label, agreeing.words(purpose), None)
        for purpose in Purpose
        if purpose in standing or purpose in TEXTS
    ]


def _set(person: Patient, purpose: str, wants: bool) -> None:
    """Pressed twice, in two tabs, it holds as pressed once."""
    if wants and purpose in TEXTS:
        agreeing.record(person, purpose)
    elif not wants:
        try:
            consents.withdraw(patient=person, purpose=purpose, by=portal_user())
        except ConsentWithdrawn:
            return
