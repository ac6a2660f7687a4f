"""The bodies of requests."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from patients.models import IdentifierSystem, Language, Sex
from scheduling.models.waitlist import PartOfDay

from .fields import CalendarDay, Choice, Count, Day, Flag, Identity, Text
from .shape import Shape

REASON = 200


def _version() -> Count:
    """Optimistic locking, for who shows a booking before changing it."""
    return Count(
        required=False, min_value=1, help_text=_("Of the booking as it was shown; refused when it was moved since.")
    )


class BookingBody(Shape):
    slot = Identity()
    patient = Identity()
    hold = Identity(required=False, help_text=_("A place that this device holds; the booking then takes it."))
    reason = Text(required=False, max_length=REASON, allow_blank=True, help_text=_("Why the patient comes."))


class MoveBody(Shape):
    slot = Identity()
    reason = Text(required=False, max_length=REASON, allow_blank=True)
    version = _version()


class CancelBody(Shape):
    reason = Text(required=False, max_length=REASON, allow_blank=True)
    version = _version()


class ConfirmBody(Shape):
    patient = Identity(required=False, help_text=_("Needed when a hold was made without its patient."))
    reason = Text(required=False, max_length=REASON, allow_blank=True)


class HoldBody(Shape):
    slot = Identity()
    patient = Identity(required=False)


class NothingBody(Shape):
    """Nothing needs to be said."""


class IdentifierBody(Shape):
    system = Choice(choices=IdentifierSystem.choices)
    value = Text(max_length=40)
    issuer = Text(required=False, max_length=60, allow_blank=True)
    valid_until = Day(required=False)


class PatientBody(Shape):
    name = Text(max_length=120)
    sex = Choice(choices=Sex.choices, required=False)
    birth_date = Day(required=False)
    phones = serializers.ListField(
        child=Text(max_length=40), required=False, max_length=5, help_text=_("As typed, the best first.")
    )
    email = Text(required=False, max_length=254, allow_blank=True)
    identifiers = serializers.ListField(child=IdentifierBody(), required=False, max_length=5)
    language = Choice(choices=Language.choices, required=False)
    confirm_not_duplicate = Flag(
        required=False, help_text=_("True when somebody has compared the look-alikes and this is another person.")
    )


class WaitlistBody(Shape):
    patient = Identity()
    service = Identity()
    practitioner = Identity(required=False)
    earliest = CalendarDay()
    latest = CalendarDay()
    part_of_day = Choice(choices=PartOfDay.choices, required=False, allow_blank=True)
    notice_hours = Count(
        required=False,
        min_value=0,
        max_value=720,
        help_text=_("Hours before a visit when the person cannot come."),
    )
    note = Text(required=False, max_length=200, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The days are in order."""
        if attrs["latest"] < attrs["earliest"]:
            raise serializers.ValidationError({"latest": _("The last day lies before the first.")})
        return attrs
