"""Whom the visitor acts for, and who acts for them; either ends with one press."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.services.actors import portal_user
from patients.errors import ProxyEnded
from patients.models import RelatedPerson
from patients.services import family
from portal import entering, journey, pages


@require_safe
@entering.for_patients
def page(request: HttpRequest) -> HttpResponse:
    """Both lists, and the ways to add somebody."""
    others = request.visitor.members[1:]
    known = {
        "others": others,
        "actors": family.acting_for(request.visitor.person),
        "most": settings.MAX_FAMILY,
        "is_full": len(others) >= settings.MAX_FAMILY,
    }
    return pages.draw(request, "family/page.html", known)


@require_safe
@entering.for_patients
def added(request: HttpRequest, who: UUID) -> HttpResponse:
    """Somebody was added, and what one can do for them now."""
    return pages.draw(request, "family/added.html", {"person": journey.person(request, who)})


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_patients
def remove(request: HttpRequest, who: UUID) -> HttpResponse:
    """Asks whether the visitor really wants to act for them no more; POST ends it."""
    found = next((one.related for one in request.visitor.members[1:] if one.patient.uuid == who), None)
    return _end(request, found, "family/remove.html")


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_patients
def refuse(request: HttpRequest, who: UUID) -> HttpResponse:
    """Asks whether that person shall act for the visitor no more; POST ends it."""
    found = next((one for one in family.acting_for(request.visitor.person) if one.proxy.uuid == who), None)
    return _end(request, found, "family/refuse.html")


def _end(request: HttpRequest, related: RelatedPerson | None, template: str) -> HttpResponse:
    """Who pressed twice comes to the list like who pressed once; a stranger's is not there."""
    if related is None and request.method != "POST":
        raise Http404
    if request.method != "POST":
        return pages.draw(request, template, {"related": related})
    if related is not None:
        end(related)
    return redirect("portal:family")


def end(related: RelatedPerson) -> None:
    """Ended already, in another tab, is ended."""
    try:
        family.end(related=related, by=portal_user())
    except ProxyEnded:
        return
