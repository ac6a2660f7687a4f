"""Holds: places kept for a few minutes."""

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request

from api.answers.json import answer
from api.answers.places import AppointmentAnswer, appointment
from api.requests.bodies import HoldBody, NothingBody
from api.schema import documented
from scheduling.services import holds

from .appointments import HELD, TAKEN
from .base import ChannelView, origin_of, own_appointment


class HoldList(ChannelView):
    rights = {"POST": "may_book"}

    @documented(
        "holds_create",
        "Keep a place for some minutes",
        {201: AppointmentAnswer, 409: TAKEN},
        tag="holds",
        body=HoldBody,
        says_no=(404, 422),
        is_repeatable=True,
        description="The place is nobody else's until `held_until`. Book it with `POST /appointments/` (`hold`) or "
        "`POST /appointments/{id}/confirm/`.",
    )
    def post(self, request: Request) -> HttpResponse:
        wanted = HoldBody.read(request.data)
        origin = origin_of(request, "hold", wanted["slot"], wanted.get("patient"))
        return answer(appointment(holds.hold(origin=origin, **wanted)), 201)


class HoldDetail(ChannelView):
    rights = {"DELETE": "may_book"}

    @documented(
        "holds_delete",
        "Give a held place up",
        {204: OpenApiResponse(description="The place is free for everybody.")},
        of_one=True,
        tag="holds",
        says_no=(409, 422),
    )
    def delete(self, request: Request, id: str) -> HttpResponse:
        kept = own_appointment(request, id, lambda rows: rows.filter(status__in=HELD))
        holds.release(hold=kept, origin=origin_of(request))
        return HttpResponse(status=204)


class HoldRenew(ChannelView):
    rights = {"POST": "may_book"}

    @documented(
        "holds_renew",
        "Keep a held place once more",
        {200: AppointmentAnswer},
        of_one=True,
        tag="holds",
        body=NothingBody,
        says_no=(409, 422),
        is_repeatable=True,
    )
    def post(self, request: Request, id: str) -> HttpResponse:
        NothingBody.read(request.data)
        kept = own_appointment(request, id)
        return answer(appointment(holds.renew(hold=kept, origin=origin_of(request, "renew", kept.uuid))))
