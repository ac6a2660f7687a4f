"""What patients say of their visits."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from common import shown
from common.admin import FactAdmin, badge, link_to, two_lines
from common.filters import AutocompleteSelectFilter, Lately
from reminders.models import Rating


class WhenRated(Lately):
    field = "at"
    default = "last7"


@admin.register(Rating)
class RatingAdmin(FactAdmin):
    list_display = ("moment", "stars", "what", "words", "who")
    list_filter = (
        WhenRated,
        ("score", ChoicesDropdownFilter),
        ("appointment__slot__service__department", AutocompleteSelectFilter),
        ("appointment__slot__session__practitioner", AutocompleteSelectFilter),
    )
    ordering = ("-at", "-pk")
    fields = readonly_fields = ("moment", "stars", "words", "what", "who", "channel")
    empty_advice = _("Patients are asked two hours after a visit. What they answer stands here.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """In the person's scope, with all that a row names."""
        visit = "appointment__slot__"
        return super().get_queryset(request).select_related(
            "appointment__patient", f"{visit}session__practitioner", f"{visit}service__department"
        )  # fmt: skip

    @display(description=_("when"), ordering="at")
    def moment(self, obj: Rating) -> str:
        return shown.moment(obj.at)

    @display(description=_("rating"), ordering="score")
    def stars(self, obj: Rating) -> Any:
        return badge(obj.get_score_display(), obj.tone)

    @display(description=_("visit"))
    def what(self, obj: Rating) -> Any:
        slot = obj.appointment.slot
        return two_lines(slot.session.practitioner, f"{shown.moment(slot.starts_at)} · {slot.service}")

    @display(description=_("in their words"))
    def words(self, obj: Rating) -> str:
        return obj.reason or shown.MISSING

    @display(description=_("patient"))
    def who(self, obj: Rating) -> Any:
        return link_to(obj.appointment.patient)
