"""Asking staff to correct or delete: each becomes a task with a day until which it is answered."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.services.actors import portal_user
from common.errors import Refusal
from interactions.services import privacy_requests
from interactions.services.privacy_requests import About
from portal import asking, entering, pages
from portal.privacy_forms import RequestForm


@require_safe
@entering.for_patients
def page(request: HttpRequest) -> HttpResponse:
    """What was asked for and until when it is answered, and the ways to ask for what is not waiting."""
    asked = privacy_requests.of(request.visitor.person)
    waiting = {word for task, word in asked if task.is_live}
    known = {"asked": asked, "abouts": [one for one in About.choices if str(one[1]) not in waiting]}
    return pages.draw(request, "privacy/requests.html", known)


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_patients
def ask(request: HttpRequest, about: str) -> HttpResponse:
    """One request in the person's own words."""
    if about not in About.values:
        raise Http404
    form = RequestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            privacy_requests.ask(patient=request.visitor.person, about=about, by=portal_user(), **form.cleaned_data)
            return redirect("portal:requests")
        except Refusal as refusal:
            asking.say_no(form, refusal)
    known = {"about": about, "days": privacy_requests.ANSWER_WITHIN.days, "heading": About(about).label}
    return asking.draw(request, "privacy/request.html", form, known)
