"""The access log: who looked at whom, and why."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from accounts import seeing
from accounts.models import AccessLog
from accounts.models.access import TONE as ACCESS_TONE
from common import shown
from common.admin import FactAdmin, badge, link_to
from common.filters import AutocompleteSelectFilter, Lately


class WhenAccessed(Lately):
    field = "at"
    overruled_by = ("user__id__exact",)


@admin.register(AccessLog)
class AccessLogAdmin(FactAdmin):
    """Who looked at whom, and why."""

    list_display = ("when", "user", "act_badge", "kind", "detail", "reason", "ip")
    list_filter = (WhenAccessed, ("user", AutocompleteSelectFilter), ("action", ChoicesDropdownFilter))
    search_fields = ("detail", "reason", "user__name", "user__username")
    fields = ("when", "user", "act_badge", "subject", "detail", "reason", "ip")
    readonly_fields = fields
    empty_advice = _("Nobody opened, revealed or exported a record in this time.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Without those who work at other sites only, for who is limited to some."""
        return seeing.accesses(request.user).select_related("user")

    @display(description=_("when"), ordering="at")
    def when(self, obj: AccessLog) -> str:
        return shown.moment(obj.at)

    @display(description=_("act"), ordering="action")
    def act_badge(self, obj: AccessLog) -> Any:
        return badge(obj.get_action_display(), ACCESS_TONE[obj.action])

    @display(description=_("kind of record"), ordering="subject_kind")
    def kind(self, obj: AccessLog) -> str:
        model = _model(obj.subject_kind)
        return capfirst(str(model._meta.verbose_name)) if model else obj.subject_kind

    @display(description=_("record"))
    def subject(self, obj: AccessLog) -> Any:
        """The row itself, found by its public id; of what has no page, what it is."""
        model = _model(obj.subject_kind)
        if model is None or obj.subject_uuid is None or not self.admin_site.is_registered(model):
            return self.kind(obj)
        return link_to(model.objects.filter(uuid=obj.subject_uuid).first())


def _model(label: str) -> Any:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None
