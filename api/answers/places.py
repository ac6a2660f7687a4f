"""Slots and appointments, as other systems see them. Each shape stands beside the function that fills it."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from rest_framework import serializers

from common.errors import Refusal
from directory.models import Grade, HealthcareService
from directory.models.practitioner import Title
from scheduling.models import Appointment, AppointmentStatus, Session, Slot
from scheduling.services.free_places import Found

from .json import instant


class NamedAnswer(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class PractitionerOfSlot(NamedAnswer):
    title = serializers.ChoiceField(choices=Title.choices)


class ServiceOfSlot(NamedAnswer):
    grade = serializers.ChoiceField(choices=Grade.choices)


class WhyAnswer(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()


class WhereAnswer(serializers.Serializer):
    practitioner = PractitionerOfSlot()
    service = ServiceOfSlot()
    department = NamedAnswer()
    site = NamedAnswer()
    room = serializers.CharField(allow_null=True)


class SlotAnswer(WhereAnswer):
    id = serializers.UUIDField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    free = serializers.IntegerField(min_value=0, help_text="Places that this channel may take now.")
    why = WhyAnswer(allow_null=True, help_text="When none is free: the reason.")


class AppointmentAnswer(WhereAnswer):
    id = serializers.UUIDField()
    reference = serializers.CharField(help_text="What people read out on the phone.")
    status = serializers.ChoiceField(choices=AppointmentStatus.choices)
    slot = serializers.UUIDField()
    patient = serializers.UUIDField(allow_null=True)
    place = serializers.IntegerField(min_value=1)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    held_until = serializers.DateTimeField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Rises with each move.")


def named(thing: Any) -> dict[str, str]:
    """Public id and name in the reader's language."""
    return {"id": str(thing.uuid), "name": thing.name}


def where(slot: Slot, session: Session) -> dict[str, Any]:
    """With whom, for what and where; all of it comes with the slot."""
    return with_whom(session) | for_what(slot.service)


def with_whom(session: Session) -> dict[str, Any]:
    """Person and room."""
    practitioner, location = session.practitioner, session.location
    return {
        "practitioner": named(practitioner) | {"title": practitioner.title},
        "room": location.name if location else None,
    }


def for_what(service: HealthcareService) -> dict[str, Any]:
    """The service and whose it is."""
    return {
        "service": named(service) | {"grade": service.grade},
        "department": named(service.department),
        "site": named(service.department.site),
    }


def why(refusal: Refusal | None) -> dict[str, str] | None:
    """A reason, for software and for people."""
    return {"code": refusal.code, "message": str(refusal)} if refusal else None


def slots(found: Iterable[Found]) -> list[dict[str, Any]]:
    """A page of slots; what they share is written once: a session, a service, a moment."""
    what, when = cache(for_what), cache(instant)
    places: dict[int, dict[str, Any]] = {}
    told = []
    for item in found:
        slot = item.slot
        place = places.get(slot.session_id) or with_whom(slot.session) | what(slot.service)
        places[slot.session_id] = place
        told.append(_slot(slot, item.free, item.why, when) | place)
    return told


def slot(found: Slot) -> dict[str, Any]:
    """A slot, offered instead of one that is full."""
    return _slot(found, found.places_left, None) | where(found, found.session)


def _slot(found: Slot, free: int, refusal: Refusal | None, when: Callable = instant) -> dict[str, Any]:
    return {
        "id": str(found.uuid),
        "starts_at": when(found.starts_at),
        "ends_at": when(found.ends_at),
        "free": free,
        "why": why(refusal),
    }


def appointment(made: Appointment) -> dict[str, Any]:
    """A booking or hold. Why the patient comes is not told again: other channels may read this."""
    return {
        "id": str(made.uuid),
        "reference": made.reference,
        "status": made.status,
        "slot": str(made.slot.uuid),
        "patient": str(made.patient.uuid) if made.patient_id else None,
        "place": made.place,
        "starts_at": instant(made.starts_at),
        "ends_at": instant(made.ends_at),
        "held_until": instant(made.held_until),
        "confirmed_at": instant(made.confirmed_at),
        "version": made.version,
        **where(made.slot, made.slot.session),
    }
