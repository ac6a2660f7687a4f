"""What the list of missed visits opens with: those of the last weeks that are still to be judged."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.filters import Chips, Lately


class WhenMissed(Lately):
    """The last 30 days: hardly anybody remembers older visits, and after an import there are thousands."""

    field = "starts_at"
    default = "last30"
    overruled_by = ("patient__id__exact",)


class Judged(Chips):
    """What is still to be judged, unless asked for the rest."""

    title = _("judged")
    parameter_name = "judged"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("no", _("To judge")),
            ("unexcused", _("Not excused")),
            ("excused", pgettext_lazy("absence", "Excused")),
            ("all", _("All")),
        ]

    def __init__(self, request: HttpRequest, params: dict, model: Any, model_admin: Any) -> None:
        self.fallback = "all" if request.GET.get("q") or request.GET.get("patient__id__exact") else "no"
        super().__init__(request, params, model, model_admin)

    def value(self) -> str:
        return super().value() or self.fallback

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "no":
            return queryset.to_judge()
        wanted = {"unexcused": Q(absence__is_excused=False), "excused": Q(absence__is_excused=True)}
        return queryset.filter(wanted.get(self.value(), Q()))
