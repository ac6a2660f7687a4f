"""The catalogue of tags."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.admin import ModelAdmin, badge, rows_link
from common.filters import InUse
from patients.models import Patient, Tag


@admin.register(Tag)
class TagAdmin(ModelAdmin):
    """Words for patients."""

    list_display = ("word", "code", "people", "use")
    list_filter = (InUse,)
    search_fields = ("name_zh", "name_en", "code")
    fields = (("name_zh", "name_en"), ("code", "tone"), "is_active")
    prepopulated_fields = {"code": ("name_en",)}
    empty_advice = _("Add words that help to treat people well: wheelchair, hard of hearing, interpreter needed.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With how many patients have it."""
        live = Q(patient_tags__ended_at=None, patient_tags__isnull=False)
        return super().get_queryset(request).annotate(n=Count("patient_tags", live))

    @display(description=_("tag"), ordering="name_zh")
    def word(self, obj: Tag) -> Any:
        return badge(obj.name, obj.tone)

    @display(description=_("patients"), ordering="n")
    def people(self, obj: Tag) -> Any:
        return rows_link(Patient, obj.n, tag=obj.code)

    @display(description=_("in use"), ordering="is_active")
    def use(self, obj: Tag) -> Any:
        return badge(_("In use"), "success") if obj.is_active else badge(_("Not in use"))
