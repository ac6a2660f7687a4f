"""Booking, moving, cancelling, confirming."""

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request

from api.answers.json import answer
from api.answers.places import AppointmentAnswer, appointment
from api.answers.refusal import NoPlaceAnswer
from api.refusals import HoldOfOtherSlot
from api.requests.bodies import BookingBody, CancelBody, ConfirmBody, MoveBody
from api.schema import documented
from scheduling.models import Appointment, AppointmentStatus
from scheduling.services import appointments, holds
from scheduling.services.origin import Origin

from .base import ChannelView, origin_of, own_appointment

TAKEN = OpenApiResponse(NoPlaceAnswer, "Somebody else was faster (`slot_full`): with the nearest free slots.")
HELD = (AppointmentStatus.HELD, AppointmentStatus.LAPSED)


class AppointmentList(ChannelView):
    rights = {"POST": "may_book"}

    @documented(
        "appointments_create",
        "Book a place",
        {201: AppointmentAnswer, 409: TAKEN},
        tag="appointments",
        body=BookingBody,
        says_no=(404, 422),
        is_repeatable=True,
    )
    def post(self, request: Request) -> HttpResponse:
        wanted = BookingBody.read(request.data)
        slot, patient, hold = wanted["slot"], wanted["patient"], wanted.get("hold")
        reason = wanted.get("reason", "")
        origin = origin_of(request, "book", slot, patient, hold, reason)
        if hold:
            kept = own_appointment(request, str(hold), lambda rows: rows.select_related("slot"))
            if kept.status in HELD and kept.slot.uuid != slot:
                raise HoldOfOtherSlot(field="hold")
            made = holds.book_held(hold=hold, patient=patient, reason=reason, origin=origin)
        else:
            made = appointments.book(patient=patient, slot=slot, reason=reason, origin=origin)
        return answer(appointment(made), 201)


class AppointmentDetail(ChannelView):
    rights = {"GET": "may_book"}

    @documented("appointments_read", "See a booking", {200: AppointmentAnswer}, of_one=True, tag="appointments")
    def get(self, request: Request, id: str) -> HttpResponse:
        return answer(appointment(own_appointment(request, id, lambda rows: rows.for_desk())))


class AppointmentCancel(ChannelView):
    rights = {"POST": "may_book"}

    @documented(
        "appointments_cancel",
        "Cancel a booking",
        {200: AppointmentAnswer},
        of_one=True,
        tag="appointments",
        body=CancelBody,
        says_no=(409, 422),
        is_repeatable=True,
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        wanted = CancelBody.read(request.data)
        reason, version = wanted.get("reason", ""), wanted.get("version")
        known = own_appointment(request, id)
        origin = origin_of(request, "cancel", known.uuid, reason)
        ended = appointments.cancel(appointment=known, reason=reason, version=version, origin=origin)
        return answer(appointment(ended))


class AppointmentMove(ChannelView):
    rights = {"POST": "may_book"}

    @documented(
        "appointments_move",
        "Move a booking to another slot",
        {200: AppointmentAnswer, 409: TAKEN},
        of_one=True,
        tag="appointments",
        body=MoveBody,
        says_no=(422,),
        is_repeatable=True,
        description="The new place is claimed before the old one is freed; the reference stays.",
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        wanted = MoveBody.read(request.data)
        slot, reason, version = wanted["slot"], wanted.get("reason", ""), wanted.get("version")
        known = own_appointment(request, id)
        origin = origin_of(request, "move", known.uuid, slot, reason)
        moved = appointments.move(appointment=known, slot=slot, reason=reason, version=version, origin=origin)
        return answer(appointment(moved))


class AppointmentConfirm(ChannelView):
    rights = {"POST": "may_book"}

    @documented(
        "appointments_confirm",
        "Book a held place, or record that the patient will come",
        {200: AppointmentAnswer},
        of_one=True,
        tag="appointments",
        body=ConfirmBody,
        says_no=(409, 422),
        is_repeatable=True,
        description="On a hold: book it, for its patient or the one named here. On a booking: the patient will come.",
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        wanted = ConfirmBody.read(request.data)
        known = own_appointment(request, id)
        origin = origin_of(request, "confirm", known.uuid, wanted.get("patient"), wanted.get("reason", ""))
        return answer(appointment(confirm(known, origin, **wanted)))


def confirm(known: Appointment, origin: Origin, **wanted) -> Appointment:
    """A hold becomes a booking; of a booking it is noted that the patient will come."""
    if known.status in HELD:
        return holds.book_held(hold=known, origin=origin, **wanted)
    return appointments.confirm(appointment=known, origin=origin)
