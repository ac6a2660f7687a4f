"""Filters of the list of patients."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from common import clock
from common.shown import AtLeast
from patients.models import PatientTag, Tag

COUNTED_TO = 5_000


class State(DropdownFilter):
    """Records in use, unless another state is asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("barred", _("Booking restricted")), ("deceased", _("Deceased")), ("merged", _("Merged"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "merged":
            return queryset.exclude(merged_into=None)
        active = queryset.filter(merged_into=None)
        if self.value() == "barred":
            return active.filter(barred_until__gt=clock.now())
        return active.exclude(deceased_on=None) if self.value() == "deceased" else active


class HasTag(DropdownFilter):
    """Those who have a tag today."""

    title = _("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(tag.code, tag.name) for tag in Tag.objects.filter(is_active=True)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if not self.value():
            return queryset
        return queryset.filter(pk__in=PatientTag.objects.current().filter(tag__code=self.value()).values("patient"))


class ShortCount(Paginator):
    """Counts no further than anybody leafs, and says so: people are found by search."""

    @cached_property
    def count(self) -> int:
        counted = self.object_list.order_by()[: COUNTED_TO + 1].count()
        return AtLeast(COUNTED_TO) if counted > COUNTED_TO else counted
