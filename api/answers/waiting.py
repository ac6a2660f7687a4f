"""The waiting list, and places that are offered to who waits."""

from typing import Any

from rest_framework import serializers

from scheduling.models import WaitlistEntry, WaitlistOffer
from scheduling.models.waitlist import EntryStatus, PartOfDay

from .json import day, instant
from .places import AppointmentAnswer, NamedAnswer, appointment, named


class OfferAnswer(serializers.Serializer):
    id = serializers.UUIDField()
    expires_at = serializers.DateTimeField(help_text="Until then the place is kept for this person alone.")
    appointment = AppointmentAnswer()


class EntryAnswer(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=EntryStatus.choices)
    patient = serializers.UUIDField()
    service = NamedAnswer()
    practitioner = NamedAnswer(allow_null=True)
    earliest = serializers.DateField()
    latest = serializers.DateField()
    part_of_day = serializers.ChoiceField(choices=PartOfDay.choices, allow_blank=True)
    notice_hours = serializers.IntegerField()
    offer = OfferAnswer(allow_null=True, help_text="The place that waits for an answer now.")


def entry(waiting: WaitlistEntry, open_offer: WaitlistOffer | None = None) -> dict[str, Any]:
    """Somebody who waits. The note is not told again."""
    return {
        "id": str(waiting.uuid),
        "status": waiting.status,
        "patient": str(waiting.patient.uuid),
        "service": named(waiting.service),
        "practitioner": named(waiting.practitioner) if waiting.practitioner else None,
        "earliest": day(waiting.earliest),
        "latest": day(waiting.latest),
        "part_of_day": waiting.part_of_day,
        "notice_hours": waiting.notice_hours,
        "offer": offer(open_offer) if open_offer else None,
    }


def offer(made: WaitlistOffer) -> dict[str, Any]:
    """A place kept for one person until it is answered or lapses."""
    return {
        "id": str(made.uuid),
        "expires_at": instant(made.expires_at),
        "appointment": appointment(made.appointment),
    }
