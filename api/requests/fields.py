"""Fields that take exactly what they say: a text is a text, not a number that could be one."""

import datetime as dt
import re
import uuid

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,6}")


def parse_id(text: object) -> uuid.UUID | None:
    """The UUID that `text` writes in the usual form, else None."""
    return uuid.UUID(text) if isinstance(text, str) and _UUID.fullmatch(text) else None


class Text(serializers.CharField):
    """A JSON string."""

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Identity(serializers.UUIDField):
    """A public id in the usual form, with dashes."""

    def to_internal_value(self, data: object) -> uuid.UUID:
        found = parse_id(data)
        if found is None:
            self.fail("invalid", value="…")
        return found


class Flag(serializers.BooleanField):
    """true or false."""

    def to_internal_value(self, data: object) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input="…")
        return data


class Day(serializers.DateField):
    """A calendar day, YYYY-MM-DD."""

    def to_internal_value(self, data: object) -> dt.date:
        if not isinstance(data, str) or not _DAY.fullmatch(data):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(data)


class CalendarDay(Day):
    """A day within the hospital's calendar; far ones would only be slips of the keyboard."""

    default_error_messages = {"far": _("Please give a day between 2000 and 2100.")}

    def to_internal_value(self, data: object) -> dt.date:
        day = super().to_internal_value(data)
        if not 2000 <= day.year <= 2100:
            self.fail("far")
        return day


class Choice(serializers.ChoiceField):
    """One of the named values."""

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input="…")
        return super().to_internal_value(data)


class Number(serializers.IntegerField):
    """A whole number, as a query writes it."""

    def to_internal_value(self, data: object) -> int:
        if not isinstance(data, str) or not _NUMBER.fullmatch(data):
            self.fail("invalid")
        return super().to_internal_value(data)


class Count(serializers.IntegerField):
    """A JSON number without a fraction."""

    def to_internal_value(self, data: object) -> int:
        if type(data) is not int:  # True is an int too
            self.fail("invalid")
        return data
