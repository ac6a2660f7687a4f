"""Find my booking: without signing in only when and where it is; who is signed in gets to their own visit.

Before anybody has shown who they are, unknown, cancelled, past and somebody else's read the same, to the byte.
"""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.services.actors import portal_user
from common import counting
from common.references import clean_reference
from portal import asking, cards, entering, pages, theirs
from portal.visit_forms import FindForm
from scheduling.models import Appointment
from visits.errors import NotRecognised
from visits.services import by_reference

WINDOW = 600  # seconds in which tries are counted
FROM_ONE_ADDRESS = 60  # tries of one client address …
FOR_ONE_REFERENCE = 6  # … and for one reference, whoever tries


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_all
def page(request: HttpRequest) -> HttpResponse:
    """Asks for two things; POST, so that neither stands in an address."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return asking.draw(request, "visits/find.html", form, {})
    text = form.cleaned_data["reference"]
    own = _own(request, text)
    if own:
        return redirect("portal:visit", own.uuid)
    if _is_proved(request) and not form.is_well_formed:
        form.add_error("reference", _("A reference has eight letters and digits, like K7M2 9QXD."))
        return asking.draw(request, "visits/find.html", form, {})
    return _find(request, form)


def _is_proved(request: HttpRequest) -> bool:
    return bool(request.visitor and request.visitor.person)


def _own(request: HttpRequest, text: str) -> Appointment | None:
    """Who is signed in learns whatever became of their own visits."""
    return theirs.visits(request).filter(reference=clean_reference(text)).first() if _is_proved(request) else None


def _find(request: HttpRequest, form: FindForm) -> HttpResponse:
    text, names = form.cleaned_data["reference"], _names(request, form.cleaned_data["reference"])
    if any(counting.counted(name, WINDOW) >= most for name, most in names.items()):
        return _too_many(request)
    for name in names:  # before it is known how it ends: many at once must not all pass
        counting.count(name, WINDOW)
    try:
        found = by_reference.find(
            text, form.cleaned_data["birth_date"], by=portal_user(), ip=request.META.get("REMOTE_ADDR")
        )
    except NotRecognised as refusal:
        return pages.draw(request, "visits/not_found.html", {}, status=refusal.status)
    card = cards.visit(found)
    known = {"card": card, "visit": found, **cards.phones(card.site)}
    return pages.draw(request, "visits/found.html", known)


def _names(request: HttpRequest, text: str) -> dict[str, int]:
    """What is counted -> how often it may fail."""
    code = hashlib.sha256(by_reference.plain(text).encode()).hexdigest()[:32]
    return {f"find:{request.META.get('REMOTE_ADDR')}": FROM_ONE_ADDRESS, f"find:{code}": FOR_ONE_REFERENCE}


def _too_many(request: HttpRequest) -> HttpResponse:
    answer = pages.draw(request, "visits/find_later.html", {}, status=429)
    answer["Retry-After"] = str(int(counting.seconds_left(WINDOW)) + 1)
    return answer
