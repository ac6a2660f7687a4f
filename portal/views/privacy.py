"""One's own data: what is held, who looked, a copy, the language of messages, and signing out everywhere."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from accounts.services.actors import portal_user
from common import clock
from patients.models import Language
from patients.services import portal_accounts, registration, revealing
from portal import entering, holding, lookers, pages, visitor
from portal.privacy_forms import LanguageForm


@require_safe
@entering.for_patients
def page(request: HttpRequest) -> HttpResponse:
    """What is held, and the ways to everything that can be done about it."""
    person = request.visitor.person
    others = [(code, name) for code, name in Language.choices if code != person.language]
    known = {"lines": holding.lines(person, request.visitor.account), "person": person, "others": others}
    return pages.draw(request, "privacy/page.html", known)


@require_safe
@entering.for_patients
def looks(request: HttpRequest) -> HttpResponse:
    """Who looked at the record."""
    known = {"seen": lookers.lately(request.visitor.person), "days": holding.LOOKED_BACK.days}
    return pages.draw(request, "privacy/looks.html", known)


@require_POST
@entering.for_patients
def copy(request: HttpRequest) -> HttpResponse:
    """A file with everything, written down before it goes out. Posted, so that no link and no robot fetches it."""
    person = request.visitor.person
    revealing.note_own_copy(person, by=portal_user(), ip=request.META.get("REMOTE_ADDR"))
    answer = JsonResponse(
        holding.copy(person, request.visitor.account), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    answer["Content-Disposition"] = f'attachment; filename="my-data-{clock.today()}.json"'
    return answer


@require_POST
@entering.for_patients
def language(request: HttpRequest) -> HttpResponse:
    """In which messages to the person come from now on."""
    form = LanguageForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data["language"]
        registration.update(patient=request.visitor.person, by=portal_user(), language=chosen)
        portal_accounts.speak(account=request.visitor.account, language=chosen, by=portal_user())
    return redirect("portal:privacy")


@require_POST
@entering.signed_in
def everywhere(request: HttpRequest) -> HttpResponse:
    """Signs out here and in every other browser."""
    portal_accounts.sign_out_everywhere(account=request.visitor.account, by=portal_user())
    visitor.leave(request)
    return redirect("portal:sign_in")
