"""The waiting list (候补): joined for a service, left at any time; and a place that is offered."""

import datetime as dt
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common import clock
from common.errors import Refusal
from directory.models import HealthcareService, Practitioner
from portal import acting, asking, cards, entering, pages, queuing, theirs, times
from portal.visit_forms import JoinForm
from scheduling.errors import NotWaiting
from scheduling.models import Appointment, WaitlistEntry, WaitlistOffer
from scheduling.models.waitlist import OfferStatus
from scheduling.services import waitlist

FOR = dt.timedelta(days=30)  # how long somebody waits unless they say otherwise
NOTICE = 24  # hours before a place within which none is offered


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_patients
def page(request: HttpRequest) -> HttpResponse:
    """Who waits for what; with a service, the form to join; POST joins."""
    said = request.POST if request.method == "POST" else request.GET
    if "service" not in said:
        known = {"waiting": queuing.of(request.visitor.people, clock.now())}
        return pages.draw(request, "visits/waiting.html", known)
    service = _service(said["service"])
    practitioner = _practitioner(said.get("practitioner", ""), service)
    if service is None or (said.get("practitioner") and practitioner is None):
        return theirs.nothing(request)
    return _join(request, service, practitioner)


def _service(ref: str) -> HealthcareService | None:
    uuid = _uuid(ref)
    rows = HealthcareService.objects.filter(is_active=True).select_related("department__site")
    return rows.filter(uuid=uuid).first() if uuid else None


def _practitioner(ref: str, service: HealthcareService | None) -> Practitioner | None:
    """Somebody who has sessions of that service."""
    uuid = _uuid(ref)
    if uuid is None or service is None:
        return None
    return Practitioner.objects.filter(uuid=uuid, is_active=True, sessions__service=service).first()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _join(request: HttpRequest, service: HealthcareService, practitioner: Practitioner | None) -> HttpResponse:
    form = JoinForm(
        request.POST if request.method == "POST" else None, members=request.visitor.members,
        initial=_first_answers(request),
    )  # fmt: skip
    if form.is_valid():
        try:
            _enter(form, service, practitioner)
            return redirect("portal:waiting")
        except Refusal as refusal:
            asking.say_no(form, refusal)
    known = {
        "service": service, "practitioner": practitioner, "notice": NOTICE, "minutes": waitlist.OFFER_MINUTES,
        **cards.phones(service.department.site),
    }  # fmt: skip
    return asking.draw(request, "visits/join.html", form, known)


def _first_answers(request: HttpRequest) -> dict[str, Any]:
    today = clock.today()
    return {
        "earliest": today.isoformat(),
        "latest": (today + FOR).isoformat(),
        "person": str(request.visitor.person.uuid) if len(request.visitor.members) == 1 else "",
    }


def _enter(form: JoinForm, service: HealthcareService, practitioner: Practitioner | None) -> None:
    said = form.cleaned_data
    waitlist.join(
        patient=form.people[said["person"]], service=service, practitioner=practitioner, earliest=said["earliest"],
        latest=said["latest"], part_of_day=said["part_of_day"], notice_hours=NOTICE, origin=acting.origin(),
        at=clock.now(),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_patients
def leave(request: HttpRequest, entry: UUID) -> HttpResponse:
    """What is lost; POST leaves. Pressed twice is left once."""
    rows = WaitlistEntry.objects.filter(patient__in=request.visitor.people)
    found = rows.select_related("patient", "service__department__site", "practitioner").filter(uuid=entry).first()
    if found is None:
        return theirs.nothing(request)
    if found.status not in queuing.LIVE:
        return redirect("portal:waiting")
    if request.method == "POST":
        return _left(found)
    return pages.draw(request, "visits/leave.html", {"entry": found, "what": queuing.what(found)})


def _left(entry: WaitlistEntry) -> HttpResponse:
    with suppress(NotWaiting):  # left or booked meanwhile: the page that follows shows how it stands
        waitlist.withdraw(entry=entry, origin=acting.origin(), at=clock.now())
    return redirect("portal:waiting")


@require_http_methods(["GET", "HEAD", "POST"])
@entering.for_patients
def offer(request: HttpRequest, offer: UUID) -> HttpResponse:
    """The place that is kept; POST takes it or lets it go."""
    rows = WaitlistOffer.objects.filter(entry__patient__in=request.visitor.people)
    found = rows.select_related(*queuing.OFFERED).filter(uuid=offer).first()
    if found is None:
        return theirs.nothing(request)
    if found.status == OfferStatus.ACCEPTED:
        return _taken(found.appointment)
    if request.method != "POST":
        return _offer(request, found)
    try:
        return _answer(request, found)
    except Refusal as refusal:
        fresh = rows.select_related(*queuing.OFFERED).get(pk=found.pk)
        if fresh.status == OfferStatus.ACCEPTED:  # the same button in another tab was faster
            return _taken(fresh.appointment)
        return _offer(request, fresh, refusal)


def _answer(request: HttpRequest, found: WaitlistOffer) -> HttpResponse:
    answer = request.POST.get("answer")
    if answer == "yes":
        return _taken(waitlist.accept(offer=found, origin=acting.origin(), at=clock.now()))
    if answer == "no":
        waitlist.decline(offer=found, origin=acting.origin(), at=clock.now())
    return redirect("portal:waiting")


def _taken(booking: Appointment) -> HttpResponse:
    return redirect(reverse("portal:visit", args=[booking.uuid]) + "?new=1")


def _offer(request: HttpRequest, found: WaitlistOffer, refusal: Refusal | None = None) -> HttpResponse:
    now = clock.now()
    card = cards.place(found.appointment.slot, found.appointment.patient)
    is_open = found.status == OfferStatus.OPEN and found.expires_at > now
    known = {
        "card": card, "offer": found, "refusal": refusal, "is_open": is_open, "until": times.moment(found.expires_at),
        "left": max(0, int((found.expires_at - now).total_seconds() // 60)), **cards.phones(card.site),
    }  # fmt: skip
    return pages.draw(request, "visits/offer.html", known, status=refusal.status if refusal else 200)
