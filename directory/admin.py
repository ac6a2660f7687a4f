"""The directory's pages: where, who and what can be booked."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from common import shown
from common.admin import ModelAdmin, TabularInline, badge, rows_link, two_lines
from common.filters import AutocompleteSelectFilter, InUse
from directory.models import Department, Grade, HealthcareService, Location, Practitioner, PractitionerRole, Scope, Site
from directory.services import practitioners

GRADE_TONE = {Grade.GENERAL: "default", Grade.EXPERT: "primary", Grade.SPECIAL: "info", Grade.CHECKUP: "default"}
NAMES = ("name_zh", "name_en")


def in_use(obj: Any) -> Any:
    return badge(_("In use"), "success") if obj.is_active else badge(_("Not in use"))


class Catalogue(ModelAdmin):
    """What the nouns with a name in two languages share."""

    @display(description=pgettext_lazy("thing", "name"), ordering="name_zh")
    def names(self, obj: Any) -> Any:
        other = obj.name_en if obj.name == obj.name_zh else obj.name_zh
        return two_lines(obj.name, other if other != obj.name else "")

    @display(description=_("in use"), ordering="is_active")
    def use(self, obj: Any) -> Any:
        return in_use(obj)


@admin.register(Site)
class SiteAdmin(Catalogue):
    list_display = ("names", "departments", "address", "phone", "use")
    list_filter = (InUse,)
    search_fields = (*NAMES, "code", "address")
    empty_advice = _("Add the first site of the hospital; departments and rooms belong to it.")
    fieldsets = (
        (None, {"fields": (NAMES, ("code", "is_active"), "address", "phone", ("phone_hours_zh", "phone_hours_en"))}),
        (
            _("Limits that keep booking fair"),
            {"fields": (("max_open", "max_per_day"), ("max_per_department", "cancel_hours"))},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Sites of the scope, and of its departments."""
        rows = super().get_queryset(request).annotate(n=Count("departments", Q(departments__is_active=True)))
        if request.user.sees_everything:
            return rows
        return rows.filter(pk__in=Department.objects.visible_to(request.user).values("site"))

    @display(description=_("departments"), ordering="n")
    def departments(self, obj: Site) -> Any:
        return rows_link(Department, obj.n, site__id__exact=obj.pk)


@admin.register(Department)
class DepartmentAdmin(Catalogue):
    list_display = ("names", "site", "practitioners", "services", "phone", "use")
    list_filter = (InUse, ("site", AutocompleteSelectFilter))
    list_select_related = ("site",)
    search_fields = (*NAMES, "code")
    autocomplete_fields = ("site",)
    empty_advice = _("Add a department; services and practitioners belong to one.")
    fieldsets = (
        (None, {"fields": (NAMES, ("site", "code"), ("phone", "is_active"))}),
        (_("Privacy"), {"fields": ("is_sensitive", "names_on_screens")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With how many practitioners and services it has."""
        rows = super().get_queryset(request)
        return rows.annotate(
            people=Count("practitioner_roles", distinct=True),
            offers=Count("services", Q(services__is_active=True), distinct=True),
        )

    @display(description=_("practitioners"), ordering="people")
    def practitioners(self, obj: Department) -> Any:
        return rows_link(Practitioner, obj.people, roles__department__id__exact=obj.pk)

    @display(description=_("services"), ordering="offers")
    def services(self, obj: Department) -> Any:
        return rows_link(HealthcareService, obj.offers, department__id__exact=obj.pk)


@admin.register(Location)
class LocationAdmin(Catalogue):
    list_display = ("names", "code", "floor", "site", "use")
    list_filter = (InUse, ("site", AutocompleteSelectFilter))
    list_select_related = ("site",)
    search_fields = (*NAMES, "code")
    autocomplete_fields = ("site",)
    empty_advice = _("Add the rooms in which patients are seen.")
    fields = (NAMES, ("site", "code"), ("floor", "is_active"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Rooms of the sites in the scope."""
        rows = super().get_queryset(request)
        if request.user.sees_everything:
            return rows
        return rows.filter(site__in=Department.objects.visible_to(request.user).values("site"))


class PostInline(TabularInline):
    model = PractitionerRole
    autocomplete_fields = ("department",)
    can_delete = False
    verbose_name_plural = _("Works in")


@admin.register(Practitioner)
class PractitionerAdmin(ModelAdmin):
    list_display = ("who", "title_badge", "works_in", "code", "use")
    list_filter = (InUse, ("roles__department", AutocompleteSelectFilter), ("title", ChoicesDropdownFilter))
    search_fields = ("name", "name_pinyin", "code")
    autocomplete_fields = ("user",)
    inlines = (PostInline,)
    empty_advice = _("Add the doctors, nurses and therapists with whom visits are booked.")
    fields = (("name", "title"), ("code", "is_active"), "introduction", "user")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With where they work."""
        return super().get_queryset(request).prefetch_related("roles__department__site")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """`zhangwei` finds zhang wei: pinyin is typed without spaces."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        joined = search_term.replace(" ", "").lower()
        if joined.isascii() and joined.isalpha():
            spaced = [joined[:cut] + " " + joined[cut:] for cut in range(2, min(len(joined), 7))]
            for spelling in spaced:
                found |= queryset.filter(name_pinyin__istartswith=spelling)
        return found, may_repeat

    def save_model(self, request: HttpRequest, obj: Practitioner, form: Any, change: bool) -> None:
        """Through the service, which keeps the pinyin."""
        practitioners.save(obj, by=request.user)

    @display(description=_("name"), ordering="name_pinyin")
    def who(self, obj: Practitioner) -> Any:
        return two_lines(obj.name, obj.name_pinyin if obj.name_pinyin != obj.name.lower() else "")

    @display(description=_("title"), ordering="title")
    def title_badge(self, obj: Practitioner) -> Any:
        return obj.get_title_display()

    @display(description=_("works in"))
    def works_in(self, obj: Practitioner) -> str:
        return ", ".join(f"{role.department} ({role.department.site})" for role in obj.roles.all()) or "–"

    @display(description=_("works here"), ordering="is_active")
    def use(self, obj: Practitioner) -> Any:
        return badge(_("Works here"), "success") if obj.is_active else badge(_("Left"))


@admin.register(HealthcareService)
class HealthcareServiceAdmin(Catalogue):
    list_display = ("names", "department", "grade_badge", "length", "fee", "for_whom", "release", "use")
    list_filter = (InUse, ("department", AutocompleteSelectFilter), ("grade", ChoicesDropdownFilter))
    list_select_related = ("department__site",)
    search_fields = (*NAMES, "code", "department__name_zh", "department__name_en")
    autocomplete_fields = ("department",)
    empty_advice = _("Add what can be booked in a department: how long it takes, what it costs, for whom it is.")
    fieldsets = (
        (None, {"fields": (NAMES, ("department", "code"), ("grade", "is_active"))}),
        (
            _("Visit"),
            {"fields": (("fee_amount", "fee_currency"), "length_minutes", "preparation_zh", "preparation_en")},
        ),
        (_("Found by patients"), {"fields": ("search_words",)}),
        (_("For whom"), {"fields": (("min_age", "max_age"), ("sex", "is_urgent"))}),
        (_("Release of places"), {"fields": (("release_days", "release_time"),)}),
    )

    @display(description=_("grade"), ordering="grade")
    def grade_badge(self, obj: HealthcareService) -> Any:
        return badge(obj.get_grade_display(), GRADE_TONE[obj.grade])

    @display(description=_("length"), ordering="length_minutes")
    def length(self, obj: HealthcareService) -> str:
        return ngettext("%(n)s minute", "%(n)s minutes", obj.length_minutes) % {"n": obj.length_minutes}

    @display(description=_("fee"), ordering="fee_amount")
    def fee(self, obj: HealthcareService) -> str:
        return shown.money(obj.fee_amount, obj.fee_currency)

    @display(description=_("for whom"))
    def for_whom(self, obj: HealthcareService) -> str:
        parts = (obj.get_sex_display(), shown.ages(obj.min_age, obj.max_age))
        return " · ".join(str(part) for part in parts if part) or str(_("Everybody"))

    @display(description=_("released"), ordering="release_days")
    def release(self, obj: HealthcareService) -> str:
        days = ngettext("%(n)s day before", "%(n)s days before", obj.release_days) % {"n": obj.release_days}
        return f"{days} {shown.time(obj.release_time)}"


@admin.register(Scope)
class ScopeAdmin(ModelAdmin):
    list_display = ("user", "site", "whole")
    list_filter = (("site", AutocompleteSelectFilter), ("department", AutocompleteSelectFilter))
    list_select_related = ("user", "site", "department")
    search_fields = ("user__name", "user__username")
    autocomplete_fields = ("user", "site", "department")
    empty_advice = _("Add which sites or departments a member of staff may see. Without a scope a person sees nothing.")

    def has_delete_permission(self, request: HttpRequest, obj: Scope | None = None) -> bool:
        """A scope is a right: taking it away is deleting it. The history keeps that it was there."""
        return request.user.has_perm("directory.delete_scope")

    @display(description=_("sees"), ordering="department")
    def whole(self, obj: Scope) -> Any:
        return obj.department or badge(_("The whole site"), "primary")
