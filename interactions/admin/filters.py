"""Filters of the worklist: how it stands, and whose it is."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock
from common.filters import Chips
from interactions.models import LIVE


class Standing(Chips):
    """What is still to be done, unless asked for the rest."""

    title = _("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("todo", _("To do")),
            ("late", _("Late")),
            ("today", _("Done today")),
            ("closed", pgettext_lazy("task", "Closed")),
            ("all", _("All")),
        ]

    def value(self) -> str:
        return super().value() or "todo"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        at = clock.now()
        if self.value() == "late":
            return queryset.late(at)
        if self.value() == "today":
            return queryset.done_on(clock.today(at))
        if self.value() == "closed":
            return queryset.exclude(state__in=LIVE)
        return queryset if self.value() == "all" else queryset.live()


class Whose(Chips):
    """Everybody's, unless asked for one's own or for those that nobody has."""

    title = _("who has it")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", _("Everybody's")), ("mine", _("Mine")), ("nobody", _("Nobody's"))]

    def value(self) -> str:
        return super().value() or "all"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "mine":
            return queryset.held_by(request.user)
        return queryset.open() if self.value() == "nobody" else queryset
