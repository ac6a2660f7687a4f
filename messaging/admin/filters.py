"""Filters of the lists of messages."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import DropdownFilter

from common import clock
from common.filters import Chips, Lately
from messaging import kinds
from messaging.models import DeliveryState, InboundState
from messaging.services import glance


class WhenDue(Lately):
    """The last days, today included; what is still to come is asked for."""

    title = _("due")
    field = "due_at"
    default = "last7"
    overruled_by = ("patient__id__exact", "now")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        *days, every = super().lookups(request, model_admin)
        return [*days, ("ahead", _("Still to come")), every]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        today = clock.today()
        back = {"today": 0, "yesterday": 1, "last7": 6, "last30": 29}
        if self.value() == "ahead":
            return queryset.filter(due_at__gt=clock.now())
        if self.value() not in back:
            return queryset
        last = today - dt.timedelta(days=1) if self.value() == "yesterday" else today
        return self._between(queryset, today - dt.timedelta(days=back[self.value()]), last)


class WhichKind(DropdownFilter):
    """By what the message is called."""

    title = _("message")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.code, str(kind.label)) for kind in kinds.all_kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class WhichState(DropdownFilter):
    """By what became of it.

    Of the states that most deliveries have, the index on states would find a million rows to be sorted by time. So that
    the index on time is read instead, those are compared as a text that no index knows.
    """

    title = _("state")
    parameter_name = "state"
    common = (DeliveryState.PENDING, DeliveryState.ACCEPTED, DeliveryState.DELIVERED)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return DeliveryState.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in self.common:
            return queryset.alias(state_text=Concat("state", Value(""))).filter(state_text=self.value())
        return queryset.filter(state=self.value()) if self.value() else queryset


class Now(DropdownFilter):
    """The rows that the numbers above the list count."""

    title = _("how sending goes")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("Due and waiting")), ("failed", _("Failed today")), ("unknown", _("Unknown today"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "waiting":
            return glance.waiting(queryset, clock.now())
        if self.value() in (DeliveryState.FAILED, DeliveryState.UNKNOWN):
            return glance.ended_today(queryset, self.value(), clock.now())
        return queryset


class Standing(Chips):
    """Received messages that a person must read, unless asked for others."""

    title = _("state")
    parameter_name = "standing"
    default = InboundState.OPEN.value

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        wanted = (InboundState.OPEN, InboundState.CLOSED, InboundState.UNDERSTOOD, InboundState.NEW)
        return [*((state.value, state.label) for state in wanted), ("all", pgettext_lazy("answers", "All"))]

    def value(self) -> str:
        return super().value() or standing(self.request)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(state=self.value()) if self.value() in InboundState.values else queryset

    def __init__(self, request: HttpRequest, params: dict, model: Any, model_admin: Any) -> None:
        self.request = request
        super().__init__(request, params, model, model_admin)


def standing(request: HttpRequest) -> str:
    """Which answers the list shows: those for a person, unless something else is asked for."""
    asks_otherwise = any(request.GET.get(name) for name in ("q", "patient__id__exact"))
    return request.GET.get(Standing.parameter_name) or ("all" if asks_otherwise else Standing.default)


class StillCounts(Chips):
    """Opt-outs that nobody took back, unless asked for the others."""

    title = _("still counts")
    parameter_name = "live"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Still counts")), ("no", _("Taken back")), ("all", pgettext_lazy("opt-outs", "All"))]

    def value(self) -> str:
        return super().value() or "yes"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "all":
            return queryset
        return queryset.filter(ended_at__isnull=self.value() == "yes")
