"""Patients: recognisable, with phones masked and numbers of documents left out."""

from typing import Any

from rest_framework import serializers

from patients.models import Language, Patient, Sex
from patients.services.lookalikes import Alike, Lookalike

from .json import day


class PatientAnswer(serializers.Serializer):
    id = serializers.UUIDField()
    record_number = serializers.CharField()
    name = serializers.CharField()
    sex = serializers.ChoiceField(choices=Sex.choices)
    birth_date = serializers.DateField(allow_null=True)
    language = serializers.ChoiceField(choices=Language.choices)
    phone = serializers.CharField(allow_blank=True, help_text="Masked; empty when none is known.")


class CandidateAnswer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField(help_text="Masked.")
    phone = serializers.CharField(allow_blank=True, help_text="Masked.")
    score = serializers.IntegerField(min_value=0, max_value=100)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=Alike.choices))


def patient(known: Patient, phone: str | None = None) -> dict[str, Any]:
    """For a caller who may read patients, or who has just registered this one.

    phone: masked; when left out, the main phone, for which contact points are read unless they came with the patient.
    """
    return {
        "id": str(known.uuid),
        "record_number": known.record_number,
        "name": known.name,
        "sex": known.sex,
        "birth_date": day(known.birth_date),
        "language": known.language,
        "phone": known.phone_masked if phone is None else phone,
    }


def candidate(alike: Lookalike | Patient) -> dict[str, Any]:
    """Somebody who may be the person asked about: enough to ask on, too little to learn from."""
    if isinstance(alike, Patient):  # who owns the number that was given
        alike = Lookalike(alike, 100, (Alike.IDENTIFIER,))
    return {
        "id": str(alike.patient.uuid),
        "name": alike.patient.name_masked,
        "phone": alike.patient.phone_masked,
        "score": alike.score,
        "reasons": [str(reason.value) for reason in alike.reasons],
    }
