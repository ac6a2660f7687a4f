"""Waiting for a place, and answering when one is offered."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request

from api.answers.json import answer
from api.answers.places import AppointmentAnswer, appointment
from api.answers.waiting import EntryAnswer, entry
from api.refusals import EntryNotFound, OfferNotFound, PractitionerNotFound, ServiceNotFound
from api.requests.bodies import NothingBody, WaitlistBody
from api.schema import documented
from common import clock
from directory.models import HealthcareService, Practitioner
from patients.models import Patient
from scheduling.errors import PatientNotFound
from scheduling.models import Appointment, WaitlistEntry, WaitlistOffer
from scheduling.models.waitlist import OfferStatus
from scheduling.services import waitlist

from .base import ChannelView, origin_of, public_id


class WaitlistList(ChannelView):
    rights = {"POST": "may_book"}

    @documented(
        "waitlist_create",
        "Wait for a place",
        {201: EntryAnswer},
        tag="waitlist",
        body=WaitlistBody,
        says_no=(404, 422),
    )
    def post(self, request: Request) -> HttpResponse:
        wanted = WaitlistBody.read(request.data)
        made = waitlist.join(origin=origin_of(request), **wanted | found(request, wanted))
        return answer(entry(made), 201)


class WaitlistDetail(ChannelView):
    rights = {"GET": "may_book", "DELETE": "may_book"}

    @documented(
        "waitlist_read",
        "See whether somebody still waits, and what is offered to them",
        {200: EntryAnswer},
        of_one=True,
        tag="waitlist",
    )
    def get(self, request: Request, id: str) -> HttpResponse:
        waiting = own_entry(request, id)
        return answer(entry(waiting, open_offer(waiting)))

    @documented(
        "waitlist_delete",
        "Wait no longer",
        {204: OpenApiResponse(description="An offered place is free again.")},
        of_one=True,
        tag="waitlist",
        says_no=(422,),
    )
    def delete(self, request: Request, id: str) -> HttpResponse:
        waitlist.withdraw(entry=own_entry(request, id), origin=origin_of(request))
        return HttpResponse(status=204)


class OfferAccept(ChannelView):
    rights = {"POST": "may_book"}

    @documented(
        "offers_accept",
        "Take the offered place",
        {200: AppointmentAnswer},
        of_one=True,
        tag="waitlist",
        body=NothingBody,
        says_no=(409, 422),
        is_repeatable=True,
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        NothingBody.read(request.data)
        offered = own_offer(request, id)
        origin = origin_of(request, "accept", offered.uuid)
        return answer(appointment(waitlist.accept(offer=offered, origin=origin)))


class OfferDecline(ChannelView):
    rights = {"POST": "may_book"}

    @documented(
        "offers_decline",
        "Leave the offered place and wait on",
        {200: EntryAnswer},
        of_one=True,
        tag="waitlist",
        body=NothingBody,
        says_no=(409, 422),
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        NothingBody.read(request.data)
        offered = own_offer(request, id)
        waitlist.decline(offer=offered, origin=origin_of(request))
        return answer(entry(own_entries(request).get(pk=offered.entry_id)))


def found(request: Request, wanted: dict[str, Any]) -> dict[str, Any]:
    """The rows that the ids of the request name. Raises PatientNotFound, ServiceNotFound, PractitionerNotFound."""
    user = request.user
    named = {
        "patient": (Patient.objects.active(), PatientNotFound),
        "service": (HealthcareService.objects.filter(is_active=True).visible_to(user), ServiceNotFound),
        "practitioner": (Practitioner.objects.filter(is_active=True).visible_to(user), PractitionerNotFound),
    }
    return {
        field: first(rows, wanted[field], refusal(field=field))
        for field, (rows, refusal) in named.items()
        if field in wanted
    }


def first(rows: QuerySet, uuid: object, refusal: Exception) -> Any:
    """The row with this public id; `refusal` is raised when there is none."""
    row = rows.filter(uuid=uuid).first()
    if row is None:
        raise refusal
    return row


def own_entries(request: Request) -> QuerySet[WaitlistEntry]:
    """Those that this key may see."""
    rows = WaitlistEntry.objects.visible_to(request.user).select_related("patient", "service", "practitioner")
    return rows if request.auth.sees_all_bookings else rows.filter(by=request.user)


def own_entry(request: Request, text: str) -> WaitlistEntry:
    """The entry named in the address. Raises Malformed, EntryNotFound."""
    return first(own_entries(request), public_id(text), EntryNotFound())


def own_offer(request: Request, text: str) -> WaitlistOffer:
    """The offer named in the address, if it is for somebody whom this key may see. Raises Malformed, OfferNotFound."""
    offers = WaitlistOffer.objects.filter(entry__in=own_entries(request).order_by().values("pk"))
    return first(offers, public_id(text), OfferNotFound())


def open_offer(waiting: WaitlistEntry) -> WaitlistOffer | None:
    """The running offer with its place."""
    offered = waiting.offers.filter(status=OfferStatus.OPEN, expires_at__gt=clock.now()).first()
    if offered:
        offered.appointment = Appointment.objects.for_desk().get(pk=offered.appointment_id)
    return offered
