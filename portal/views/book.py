"""The first pages of the journey: who is it for, what, which clinic or doctor. Each leads on by its address."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import asking, entering, journey, line, offering, options
from portal.journey import DOCTOR
from portal.options import Option
from scheduling.services import last_time, wanted


@require_safe
@entering.for_patients
def who(request: HttpRequest) -> HttpResponse:
    """Who is it for? Oneself stands first and is chosen already."""
    people = [
        Option(
            str(one.patient.uuid),
            one.patient.name,
            "" if one.is_self else one.patient.name_masked,
            is_chosen=one.is_self,
        )
        for one in request.visitor.members
    ]
    form = options.asked(request, people, _("Choose who the visit is for."))
    if form.is_valid():
        return redirect("portal:what", form.cleaned_data["choice"])
    return asking.draw(request, "book/who.html", form, {"step": 1})


@require_safe
@line.in_line
def what(request: HttpRequest, who: UUID) -> HttpResponse:
    """What is it about? As last time, a department, or what was looked for in words."""
    person, words = journey.person(request, who), request.GET.get("q", "")[:200].strip()
    found = wanted.matching(words) if words else []
    offered = offering.of_words(found) if words else offering.at_first(last_time.recent(person), wanted.offered())
    form = options.asked(request, offered, _("Choose a clinic, a doctor or a department."))
    if form.is_valid():
        return redirect(_after_what(person.uuid, form.cleaned_data["choice"]))
    return asking.draw(request, "book/what.html", form, {
        "step": 2, "person": person, "q": words, "emergency": settings.EMERGENCY_PHONE,
    })  # fmt: skip


@require_safe
@line.in_line
def which(request: HttpRequest, who: UUID, department: UUID) -> HttpResponse:
    """Which clinic or doctor of a department?"""
    person = journey.person(request, who)
    services = [one for one in wanted.offered() if one.department.uuid == department]
    if not services:
        raise Http404
    form = options.asked(request, offering.of_department(services), _("Choose a clinic or a doctor."))
    if form.is_valid():
        return redirect(_after_what(person.uuid, form.cleaned_data["choice"]))
    known = {"step": 2, "person": person, "department": services[0].department}
    return asking.draw(request, "book/which.html", form, known)


def _after_what(who: UUID, chosen: str) -> str:
    kind, _dot, uuid = chosen.partition(".")
    if kind == offering.DEPARTMENT:
        return reverse("portal:which", args=[who, uuid])
    service, _dot, doctor = chosen.partition(".")
    return reverse("portal:dates", args=[who, service]) + (f"?{DOCTOR}={doctor}" if doctor else "")
