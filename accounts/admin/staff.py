"""Members of staff: their roles, what they see, whether they may sign in."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from simple_history.models import SIMPLE_HISTORY_REVERSE_ATTR_NAME
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts import seeing
from accounts.models import Role, User
from accounts.models.user import Kind
from common import shown
from common.admin import ModelAdmin, badge, two_lines
from common.changes import ChangeInWords
from common.filters import AutocompleteSelectFilter, InUse

admin.site.unregister(Group)  # the import of Django's own user page brought it; roles have a page of their own


class StaffCreationForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("username", "name")


class StaffForm(UserChangeForm):
    """Roles are named by people; only a superuser makes a superuser."""

    groups = forms.ModelMultipleChoiceField(
        queryset=Role.objects.order_by("name"),
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "crm-choices"}),
    )

    class Meta:
        model = User
        fields = "__all__"


def _names(groups: Iterable[Group]) -> str:
    return ", ".join(sorted(str(Role(name=group.name)) for group in groups)) or shown.MISSING


class StaffInWords(ChangeInWords):
    """Roles by the names that the screens use."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        if change.field == "groups":
            return _names(row["group"] for row in value)
        return super().prepare_delta_change_value(change, value)


@admin.register(User)
class UserAdmin(ModelAdmin, DjangoUserAdmin):
    """Members of staff. Channels' and the system's own users are not people and are not shown."""

    form = StaffForm
    add_form = StaffCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("who", "roles", "sight", "last_seen", "use")
    list_filter = (InUse, ("groups", AutocompleteSelectFilter))
    search_fields = ("name", "username", "email")
    ordering = ("name", "username")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    empty_advice = _("Add the people who work with this program, give them roles and a scope.")
    fieldsets = (
        (None, {"fields": (("username", "name"), "email", "password")}),
        (_("Rights"), {"fields": ("groups", ("sees_all_sites", "is_active"), ("is_staff", "is_superuser"))}),
        (_("Dates"), {"fields": (("last_login", "date_joined"),)}),
    )
    old_fieldsets = (
        (None, {"fields": (("username", "name"), "email")}),
        (_("Rights"), {"fields": ("roles_then", ("sees_all_sites", "is_active"), ("is_staff", "is_superuser"))}),
        fieldsets[-1],
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "name", "password1", "password2")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """People only, with their roles; of other sites none, for who is limited to some."""
        rows = super().get_queryset(request).filter(kind=Kind.STAFF, pk__in=seeing.staff(request.user).values("pk"))
        return rows.prefetch_related("groups")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Whoever is not a superuser changes no superuser."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (request.user.is_superuser or obj is None or not obj.is_superuser)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """An old version has no password, and no way to a new one."""
        if obj is not None and hasattr(obj, SIMPLE_HISTORY_REVERSE_ATTR_NAME):
            return self.old_fieldsets
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple:
        """Nobody raises themselves: only a superuser makes superusers, nobody changes their own rights."""
        fixed = (*super().get_readonly_fields(request, obj), "roles_then")
        if not request.user.is_superuser:
            fixed += ("is_superuser",)
            if obj is not None and obj.pk == request.user.pk:
                fixed += ("groups", "sees_all_sites", "is_active", "is_staff")
        return fixed

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> ChangeInWords:
        """Who had which role until when is what one looks for here."""
        return StaffInWords(self.model, historical_record)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Who is added here works here."""
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    @display(description=_("name"), ordering="name")
    def who(self, obj: User) -> Any:
        return two_lines(str(obj), obj.username)

    @display(description=_("roles"))
    def roles(self, obj: User) -> Any:
        if obj.is_superuser:
            return badge(_("Superuser"), "warning")
        return _names(obj.groups.all())

    @display(description=_("Roles"))
    def roles_then(self, obj: User) -> str:
        """Of an old version."""
        past = getattr(obj, SIMPLE_HISTORY_REVERSE_ATTR_NAME)
        return _names(row.group for row in past.groups.select_related("group"))

    @display(description=_("sees"), ordering="sees_all_sites")
    def sight(self, obj: User) -> Any:
        return badge(_("All sites"), "primary") if obj.sees_everything else badge(_("Own scope"))

    @display(description=_("last signed in"), ordering="last_login")
    def last_seen(self, obj: User) -> str:
        return shown.moment(obj.last_login)

    @display(description=_("may sign in"), ordering="is_active")
    def use(self, obj: User) -> Any:
        return badge(_("Active"), "success") if obj.is_active else badge(_("Switched off"))
