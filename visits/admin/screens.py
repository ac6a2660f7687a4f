"""The displays of waiting rooms."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from common.admin import ModelAdmin, badge, two_lines
from common.filters import InUse
from directory.models import Department
from visits.models import CallScreen
from visits.services import screens


@admin.register(CallScreen)
class CallScreenAdmin(ModelAdmin):
    """Set up here, opened on the display by its address."""

    list_display = ("names", "shows", "use", "opens")
    list_filter = (InUse,)
    search_fields = ("name_zh", "name_en")
    autocomplete_fields = ("departments",)
    actions = ("give_new_address",)
    empty_advice = _("Add a screen for each waiting room, and open its address on the display.")
    fields = (("name_zh", "name_en"), "departments", "is_active", "opens")
    readonly_fields = ("opens",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With what they show."""
        return super().get_queryset(request).prefetch_related("departments")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        """Nobody puts a department on a wall that they do not see themselves."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None:
            field.queryset = Department.objects.visible_to(request.user)
        return field

    def has_change_permission(self, request: HttpRequest, obj: CallScreen | None = None) -> bool:
        """A screen that shows other departments too is for those who see them all."""
        may = super().has_change_permission(request, obj)
        if not may or obj is None:
            return may
        seen = Department.objects.visible_to(request.user).order_by().values("pk")
        return not obj.departments.exclude(pk__in=seen).exists()

    @display(description=pgettext_lazy("thing", "name"), ordering="name_zh")
    def names(self, obj: CallScreen) -> Any:
        other = obj.name_en if obj.name == obj.name_zh else obj.name_zh
        return two_lines(obj.name, other if other != obj.name else "")

    @display(description=_("departments"))
    def shows(self, obj: CallScreen) -> Any:
        return format_html_join(", ", "{}", ((one,) for one in obj.departments.all()))

    @display(description=_("in use"), ordering="is_active")
    def use(self, obj: CallScreen) -> Any:
        return badge(_("In use"), "success") if obj.is_active else badge(_("Not in use"))

    @display(description=_("address"))
    def opens(self, obj: CallScreen) -> Any:
        if not obj.pk:
            return "–"
        address = reverse("screen:page", kwargs={"screen": obj.uuid})
        return format_html('<a class="crm-link" target="_blank" href="{}">{}</a>', address, _("Open the screen"))

    @admin.action(description=_("Give a new address"), permissions=["change"])
    def give_new_address(self, request: HttpRequest, rows: QuerySet) -> None:
        """The old address shows nothing from now on."""
        for screen in rows:
            screens.move_address(screen, by=request.user)
        messages.success(request, _("Open the new address on the display; the old one shows nothing any more."))
