"""Filters of lists, by what people ask for: when, where, in which state."""

import datetime as dt
from typing import Any

from django.db.models import DateTimeField, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter

from common import clock


class Chips(DropdownFilter):
    """A filter whose choices stand above the list too, so that a list that opens filtered says so."""

    all_option = None

    def chips(self, changelist: Any) -> list[tuple[Any, str, bool]]:
        """(label, query string, is it chosen) of each choice."""
        query = changelist.get_query_string
        now = self.value()
        return [(label, query({self.parameter_name: code}, ["p"]), code == now) for code, label in self.lookup_choices]


class When(Chips):
    """Days from today's point of view. Without a choice the list shows what matters today, a search all days.

    Subclasses name the `field`, a date or an instant.
    """

    title = _("day")
    parameter_name = "when"
    field = "day"
    default = "today"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("today", _("Today")),
            ("tomorrow", _("Tomorrow")),
            ("week", _("The next 7 days")),
            ("ahead", _("From today on")),
            ("past", _("Before today")),
            ("all", _("Every day")),
        ]

    def __init__(self, request: HttpRequest, params: dict, model: Any, model_admin: Any) -> None:
        asks_otherwise = any(request.GET.get(name) for name in ("q", *self.overruled_by))
        self.fallback = "all" if asks_otherwise else self.default
        super().__init__(request, params, model, model_admin)

    overruled_by: tuple[str, ...] = ()

    def value(self) -> str:
        return super().value() or self.fallback

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        today = clock.today()
        ranges = {
            "today": (today, today),
            "tomorrow": (today + dt.timedelta(days=1), today + dt.timedelta(days=1)),
            "week": (today, today + dt.timedelta(days=6)),
            "ahead": (today, None),
            "past": (None, today - dt.timedelta(days=1)),
        }
        first, last = ranges.get(self.value(), (None, None))
        return self._between(queryset, first, last)

    def _between(self, rows: QuerySet, first: dt.date | None, last: dt.date | None) -> QuerySet:
        is_instant = isinstance(rows.model._meta.get_field(self.field), DateTimeField)
        if first:
            rows = rows.filter(**{f"{self.field}__gte": clock.day_bounds(first)[0] if is_instant else first})
        if last and is_instant:
            rows = rows.filter(**{f"{self.field}__lt": clock.day_bounds(last)[1]})
        elif last:
            rows = rows.filter(**{f"{self.field}__lte": last})
        return rows


class Lately(When):
    """For what has happened: the last days."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("today", _("Today")),
            ("yesterday", _("Yesterday")),
            ("last7", _("The last 7 days")),
            ("last30", _("The last 30 days")),
            ("all", _("Every day")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        today = clock.today()
        back = {"today": 0, "last7": 6, "last30": 29}
        if self.value() == "yesterday":
            return self._between(queryset, today - dt.timedelta(days=1), today - dt.timedelta(days=1))
        if self.value() in back:
            return self._between(queryset, today - dt.timedelta(days=back[self.value()]), None)
        return queryset


class InUse(Chips):
    """What is in use, unless asked for the rest."""

    title = _("in use")
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("In use")), ("no", _("Not in use")), ("all", _("All"))]

    def value(self) -> str:
        return super().value() or "yes"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        wanted = {"yes": True, "no": False}.get(self.value())
        return queryset if wanted is None else queryset.filter(is_active=wanted)


__all__ = ["AutocompleteSelectFilter", "Chips", "InUse", "Lately", "When"]
