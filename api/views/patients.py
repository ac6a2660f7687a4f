"""People: found, registered."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db import models
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
from common import phones
from common.compiled import Compiled, Given
from common.masking import mask_phone
from patients.models import ContactPoint, Patient, finding
from patients.services import registration
from patients.services.identity_numbers import GivenIdentifier

from .base import ChannelView

MOST = 20  # people in one answer; whoever needs more has asked too loosely
_reached_at = Compiled(
    lambda: (
        ContactPoint.objects.live()
        .phones()
        .filter(value=Given("number", models.CharField()), patient__merged_into=None)
        .select_related("patient")
        .order_by("patient_id")[:MOST]
    )
)
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
        return answer({"results": search(asked)})

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


def search(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The people meant, best first."""
    if "phone" in asked:
        return with_phone(asked["phone"])
    if "identifier" in asked:
        ids = list(Patient.objects.with_identifier(asked["identifier"]).values_list("pk", flat=True)[:MOST])
    else:
        ids = finding.matching_ids(Patient.objects.all(), asked["q"], limit=MOST)
    found = {known.pk: known for known in _people(ids)}
    return [patient(found[pk], _masked(found[pk].number)) for pk in ids if pk in found]


def _masked(number: str | None) -> str:
    return mask_phone(number) if number else ""


def _people(ids: list[int]) -> Iterable[Patient]:
    """These patients, each with its main phone `number`. The list is padded, so that few statements are kept."""
    if not ids:
        return []
    size = 1 << (len(ids) - 1).bit_length()
    return _by_ids(size).rows(**{f"pk{n}": pk for n, pk in enumerate(ids + ids[-1:] * (size - len(ids)))})


@lru_cache(maxsize=8)
def _by_ids(size: int) -> Compiled:
    ids = [Given(f"pk{n}", models.BigIntegerField()) for n in range(size)]
    live = ContactPoint.objects.live().phones().filter(patient=models.OuterRef("pk"))
    phone = live.order_by(models.F("refused_at").asc(nulls_first=True), "rank", "pk").values("value")[:1]
    return Compiled(lambda: Patient.objects.active().filter(pk__in=ids).annotate(number=models.Subquery(phone)))


def with_phone(typed: str) -> list[dict[str, Any]]:
    """Who is reached at this number, in one statement: it is asked while the phone rings. Nobody if it is none."""
    try:
        number = phones.normalise(typed)
    except phones.NotAPhone:
        return []
    return [patient(point.patient, point.masked) for point in _reached_at.rows(number=number)]
