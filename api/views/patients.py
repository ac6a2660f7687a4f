"""People: found, registered."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.answers.json import answer
from api.answers.people import PatientAnswer, patient
from api.answers.refusal import LooksAlikeAnswer
from api.requests.bodies import PatientBody
from api.requests.queries import PatientQuery
from api.schema import documented
from patients.models import Patient
from patients.services import registration
from patients.services.identity_numbers import GivenIdentifier

from .base import ChannelView

MOST = 20  # people in one answer; whoever needs more has asked too loosely
ALIKE = OpenApiResponse(
    LooksAlikeAnswer,
    "Somebody like this (`looks_alike`) or with this number (`identifier_taken`) is known; who, masked, for keys that "
    "may look up patients.",
)


class PatientPage(serializers.Serializer):
    results = PatientAnswer(many=True, help_text=f"At most {MOST}.")


class PatientList(ChannelView):
    rights = {"GET": "may_read_patients", "POST": "may_register"}

    @documented(
        "patients_list",
        "Find patients by phone, by the number of a document, or by name",
        {200: PatientPage},
        tag="patients",
        query=PatientQuery,
    )
    def get(self, request: Request) -> HttpResponse:
        asked = PatientQuery.read_query(request.query_params)
        found = search(asked).prefetch_related("contact_points")
        return answer({"results": [patient(one) for one in found]})

    @documented(
        "patients_create",
        "Register a patient",
        {201: PatientAnswer, 409: ALIKE},
        tag="patients",
        body=PatientBody,
        says_no=(422,),
    )
    def post(self, request: Request) -> HttpResponse:
        facts = PatientBody.read(request.data)
        given = [GivenIdentifier(**one) for one in facts.pop("identifiers", [])]
        made = registration.register(by=request.user, identifiers=given, **facts)
        return answer(patient(made), 201)


def search(asked: dict[str, Any]) -> QuerySet[Patient]:
    """The people meant, best first."""
    if "phone" in asked:
        return Patient.objects.with_phone(asked["phone"]).order_by("pk")[:MOST]
    if "identifier" in asked:
        return Patient.objects.with_identifier(asked["identifier"]).order_by("pk")[:MOST]
    return Patient.objects.search(asked["q"], limit=MOST)
