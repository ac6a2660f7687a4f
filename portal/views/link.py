"""The page behind the link in a message: what it is about, and its answers as buttons.

Looking changes nothing, because programs look too: mail scanners, previews. Every answer is a POST, and then the page
is read anew, so that reloading it answers nothing.
"""

from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from common import clock
from common.errors import Refusal
from messaging.services import opting_out
from portal import doors, showing, words
from portal.forms import AnswerForm, PlaceForm
from portal.views import restriction
from reminders import calendars, facts
from reminders.errors import AnswerOver
from reminders.models import AnswerLink
from reminders.restriction_kinds import ABOUT
from reminders.services import by_link, links, standings
from reminders.services.standings import Standing

by_secret = doors.opened_by_secret(lambda secret: links.open_link(secret, clock.now()))


def about_a_visit(view: doors.View) -> doors.View:
    """A link in a message about something else leads to its first page."""

    @wraps(view)
    def inside(request: HttpRequest, link: AnswerLink, **more: Any) -> HttpResponse:
        return _to(request, "page") if link.delivery.about_kind == ABOUT else view(request, link, **more)

    return inside


@require_http_methods(["GET", "HEAD", "POST"])
@by_secret
def page(request: HttpRequest, link: AnswerLink) -> HttpResponse:
    """How it stands, and what can be answered; POST answers."""
    if link.delivery.about_kind == ABOUT:
        return restriction.page(request, link)
    if request.method != "POST":
        return _page(request, link)
    form = AnswerForm(request.POST)
    try:
        if not form.is_valid():
            raise AnswerOver
        said = form.cleaned_data
        by_link.answer(link, said["answer"], version=said["version"], at=clock.now())
    except Refusal as refusal:
        return _page(request, link, refusal=refusal)
    return _to(request, "page")


@require_safe
@by_secret
@about_a_visit
def sure(request: HttpRequest, link: AnswerLink, code: str) -> HttpResponse:
    """What is lost by this answer, before it is given."""
    standing = standings.of(link.delivery, clock.now())
    asked = words.sure(link.delivery.kind, code)
    if code not in standing.answers or asked is None:
        return _to(request, "page")
    return _draw(request, "link/sure.html", standing, sure=asked, code=code)


@require_http_methods(["GET", "HEAD", "POST"])
@by_secret
@about_a_visit
def times(request: HttpRequest, link: AnswerLink) -> HttpResponse:
    """Places to choose from; POST: none of them suits."""
    try:
        if request.method == "POST":
            by_link.ask_to_be_called(link, at=clock.now())
            return _to(request, "page")
        return _times(request, link)
    except Refusal as refusal:
        return _page(request, link, refusal=refusal)


@require_http_methods(["GET", "HEAD", "POST"])
@by_secret
@about_a_visit
def time(request: HttpRequest, link: AnswerLink, slot: UUID) -> HttpResponse:
    """One of them, beside the present time; POST takes it. If it is gone, the others are shown."""
    try:
        if request.method == "POST":
            by_link.choose(link, slot, version=_version(request), at=clock.now())
            return _to(request, "page")
        return _time(request, link, slot)
    except Refusal as refusal:
        return _others(request, link, refusal)


@require_safe
@by_secret
@about_a_visit
def calendar(request: HttpRequest, link: AnswerLink) -> HttpResponse:
    """The visit for the reader's own calendar, while it is to come."""
    standing = standings.of(link.delivery, clock.now())
    if not standing.is_to_come:
        return _to(request, "page")
    known = facts.of_visit(standing.visit, doors.wanted_language(request) or link.delivery.patient.language)
    name, kind, content = calendars.attachment(standing.visit, known, clock.now())
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _version(request: HttpRequest) -> int:
    form = PlaceForm(request.POST)
    if not form.is_valid():
        raise AnswerOver
    return form.cleaned_data["version"]


def _page(request: HttpRequest, link: AnswerLink, refusal: Refusal | None = None) -> HttpResponse:
    link.delivery.refresh_from_db(fields=["answer"])
    standing = standings.of(link.delivery, clock.now())
    lost = showing.visit(standing.lost) if standing.lost else None
    last = link.delivery.messages.order_by("-pk").first()
    return _draw(
        request, "link/page.html", standing, refusal=refusal, lost=lost, until=showing.until(standing),
        words=words.said(standing.state, link.delivery.answer), stop=opting_out.path(last) if last else "",
    )  # fmt: skip


def _times(request: HttpRequest, link: AnswerLink, refusal: Refusal | None = None) -> HttpResponse:
    now = clock.now()
    standing = standings.of(link.delivery, now)
    days = by_link.places(standing, now)
    return _draw(request, "link/times.html", standing, days=days, refusal=refusal)


def _time(request: HttpRequest, link: AnswerLink, slot: UUID) -> HttpResponse:
    now = clock.now()
    standing = standings.of(link.delivery, now)
    wanted = by_link.place(standing, slot, now)
    return _draw(request, "link/time.html", standing, wanted=showing.place(wanted), slot=wanted)


def _others(request: HttpRequest, link: AnswerLink, refusal: Refusal) -> HttpResponse:
    try:
        return _times(request, link, refusal)
    except Refusal:  # it is not a matter of this place only
        return _page(request, link, refusal)


def _draw(
    request: HttpRequest, template: str, standing: Standing, *, refusal: Refusal | None = None, **known: Any
) -> HttpResponse:
    visit = showing.visit(standing.visit)
    base = {
        "standing": standing,
        "visit": visit,
        "reference": showing.reference(standing),
        "name": standing.delivery.patient.name_masked,
        "buttons": showing.buttons(standing, _secret(request), doors.keep(request)),
        "refusal": refusal,
        "sites": [visit.site] if visit.site.phone else [],
    }
    return doors.page(request, template, base | known, status=refusal.status if refusal else 200)


def _to(request: HttpRequest, name: str) -> HttpResponse:
    return redirect(reverse(f"link:{name}", args=[_secret(request)]) + doors.keep(request))


def _secret(request: HttpRequest) -> str:
    return request.resolver_match.kwargs["secret"]
