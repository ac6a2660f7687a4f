"""The query strings of requests."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common import clock
from directory.models import Grade
from scheduling.models.waitlist import PartOfDay

from .fields import CalendarDay, Choice, Identity, Number, Text
from .shape import Shape

DAYS = 14  # searched when no end is given
MOST_DAYS = 92


class SlotQuery(Shape):
    service = Identity(required=False)
    practitioner = Identity(required=False)
    department = Identity(required=False)
    site = Identity(required=False)
    part_of_day = Choice(
        choices=[PartOfDay.MORNING.value, PartOfDay.AFTERNOON.value],
        required=False,
        help_text=_("am or pm by the hospital's clock."),
    )
    include = Choice(choices=["all"], required=False, help_text=_("all: also what is not free, each with its reason."))
    cursor = Text(required=False, max_length=60)
    limit = Number(required=False, min_value=1, max_value=200, help_text=_("Slots per page, 50 when left out."))

    def get_fields(self) -> dict[str, serializers.Field]:
        """`from` is a word of Python, so these two cannot stand in the class."""
        days = {
            "from": CalendarDay(required=False, help_text=_("First day; today when left out.")),
            "to": CalendarDay(required=False, help_text=_("Last day; 13 days after the first when left out.")),
        }
        return days | super().get_fields()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Fills in the days. A search reaches over at most MOST_DAYS."""
        first = attrs.setdefault("from", clock.today())
        last = attrs.setdefault("to", first + dt.timedelta(days=DAYS - 1))
        if last < first or (last - first).days >= MOST_DAYS:
            problem = _("The last day lies 0 to %(days)s days after the first.") % {"days": MOST_DAYS - 1}
            raise serializers.ValidationError({"to": problem})
        return attrs


class PatientQuery(Shape):
    phone = Text(required=False, max_length=40, help_text=_("The whole number."))
    identifier = Text(required=False, max_length=40, help_text=_("The whole number of a document."))
    q = Text(required=False, max_length=60, help_text=_("Name, pinyin, initials, phone, its end, or record number."))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One way of asking at a time."""
        if len(attrs) != 1:
            raise serializers.ValidationError(_("Please ask by phone, identifier or q, and by one of them."))
        return attrs


class PageQuery(Shape):
    cursor = Identity(required=False, help_text=_("What the page before gave as `next`."))
    limit = Number(required=False, min_value=1, max_value=500, help_text=_("Rows per page, 200 when left out."))


class DepartmentQuery(PageQuery):
    site = Identity(required=False)


class ServiceQuery(DepartmentQuery):
    department = Identity(required=False)
    grade = Choice(choices=Grade.choices, required=False)


class PractitionerQuery(DepartmentQuery):
    department = Identity(required=False)
