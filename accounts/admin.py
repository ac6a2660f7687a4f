"""Staff, roles, channel devices with their keys, and the access log."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.models import AccessLog, ChannelKey, Device, Role, User
from accounts.models.access import TONE as ACCESS_TONE
from accounts.models.user import Kind
from accounts.services import devices
from common import clock, shown
from common.admin import FactAdmin, FactInline, ModelAdmin, badge, link_to, posted, rows_link, two_lines
from common.filters import AutocompleteSelectFilter, Chips, InUse, Lately

RIGHTS = ("may_search", "may_book", "may_read_patients", "may_register", "sees_all_bookings")

admin.site.unregister(Group)


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
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "name", "password1", "password2")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """People only, with their roles."""
        return super().get_queryset(request).filter(kind=Kind.STAFF).prefetch_related("groups")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Whoever is not a superuser changes no superuser."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (request.user.is_superuser or obj is None or not obj.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple:
        """Nobody raises themselves: only a superuser makes superusers, nobody changes their own rights."""
        fixed = tuple(super().get_readonly_fields(request, obj))
        if not request.user.is_superuser:
            fixed += ("is_superuser",)
            if obj is not None and obj.pk == request.user.pk:
                fixed += ("groups", "sees_all_sites", "is_active", "is_staff")
        return fixed

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
        return ", ".join(sorted(str(Role(name=group.name)) for group in obj.groups.all())) or "–"

    @display(description=_("sees"), ordering="sees_all_sites")
    def sight(self, obj: User) -> Any:
        return badge(_("All sites"), "primary") if obj.sees_everything else badge(_("Own scope"))

    @display(description=_("last signed in"), ordering="last_login")
    def last_seen(self, obj: User) -> str:
        return shown.moment(obj.last_login)

    @display(description=_("may sign in"), ordering="is_active")
    def use(self, obj: User) -> Any:
        return badge(_("Active"), "success") if obj.is_active else badge(_("Switched off"))


VERBS = {
    "add": _("Can add: %(things)s"),
    "change": _("Can change: %(things)s"),
    "delete": _("Can delete: %(things)s"),
    "view": _("Can see: %(things)s"),
}


def right_name(right: Permission) -> str:
    """What a right allows: ours by their own names, Django's four by the thing's, which its table keeps in English."""
    verb, _sep, name = right.codename.partition("_")
    model = right.content_type.model_class()
    if verb in VERBS and model and name == model._meta.model_name:
        return VERBS[verb] % {"things": model._meta.verbose_name_plural}
    return gettext(right.name)


@admin.register(Role)
class RoleAdmin(FactAdmin):
    """The roles and what they may do. They come with the program; the table of rights stands in its code."""

    list_display = ("label", "people", "rights")
    search_fields = ("name",)
    fields = ("label", "may")
    readonly_fields = ("label", "may")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With how many people have it."""
        people = Count("user", Q(user__kind=Kind.STAFF, user__is_active=True), distinct=True)
        return super().get_queryset(request).annotate(n=people, m=Count("permissions", distinct=True))

    @display(description=_("role"), ordering="name")
    def label(self, obj: Role) -> str:
        return str(obj)

    @display(description=_("people"), ordering="n")
    def people(self, obj: Role) -> Any:
        return rows_link(User, obj.n, groups__id__exact=obj.pk)

    @display(description=_("rights"), ordering="m")
    def rights(self, obj: Role) -> int:
        return obj.m

    @display(description=_("may"))
    def may(self, obj: Role) -> str:
        rights = obj.permissions.select_related("content_type").order_by("content_type__app_label", "codename")
        return " · ".join(right_name(right) for right in rights)


class KeyInline(FactInline):
    model = ChannelKey
    fields = readonly_fields = ("key", "state", "made", "last_used")
    verbose_name_plural = _("Keys")

    @display(description=_("begins with"))
    def key(self, obj: ChannelKey) -> Any:
        return link_to(obj, f"{obj.prefix}…")

    @display(description=_("state"))
    def state(self, obj: ChannelKey) -> Any:
        return key_state(obj)

    @display(description=_("made"))
    def made(self, obj: ChannelKey) -> str:
        return shown.moment(obj.created)

    @display(description=_("last used"))
    def last_used(self, obj: ChannelKey) -> str:
        return shown.moment(obj.last_used_at) if obj.last_used_at else str(_("Never"))


def key_state(key: ChannelKey) -> Any:
    """A key's word and colour."""
    if key.revoked:
        return badge(_("Revoked"), "danger")
    if key.has_expired:
        return badge(_("Expired"))
    if key.expiry_date:
        return badge(_("Until %(moment)s") % {"moment": shown.moment(key.expiry_date)}, "warning")
    return badge(_("Valid"), "success")


class KeyStanding(Chips):
    """Keys that open something, unless asked for the others."""

    title = _("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("valid", _("Valid")), ("over", _("Revoked or expired")), ("all", _("All"))]

    def value(self) -> str:
        return super().value() or "valid"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        over = Q(revoked=True) | Q(expiry_date__lt=clock.now())
        return {"valid": queryset.exclude(over), "over": queryset.filter(over)}.get(self.value(), queryset)


class GraceForm(forms.Form):
    """How long the old key works beside the new one."""

    grace_hours = forms.IntegerField(
        label=_("The old key works for another … hours"),
        initial=24,
        min_value=0,
        max_value=24 * 30,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )


class DeviceForm(forms.ModelForm):
    class Meta:
        model = Device
        fields = ("name", "channel", "is_active")
        widgets = {"channel": UnfoldAdminSelectWidget}


@admin.register(Device)
class DeviceAdmin(ModelAdmin):
    """Systems that use the pool through the API."""

    list_display = ("name", "channel", "keys", "last_used", "use")
    list_filter = (InUse, ("channel", ChoicesDropdownFilter))
    search_fields = ("name",)
    inlines = (KeyInline,)
    actions_detail = ("new_key",)
    empty_advice = _("Add the phone menu, kiosk, mini-program or partner that books through the API.")
    fields = (("name", "channel"), "is_active")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With its keys."""
        return super().get_queryset(request).prefetch_related("keys")

    def get_readonly_fields(self, request: HttpRequest, obj: Device | None = None) -> tuple:
        """A device stays in its channel: its bookings say so."""
        return ("channel",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Device, form: Any, change: bool) -> None:
        """A new one gets the user behind which it acts."""
        if change:
            super().save_model(request, obj, form, change)
            return
        made = devices.register(name=obj.name, channel=obj.channel)
        obj.pk, obj.uuid, obj.user = made.pk, made.uuid, made.user
        obj._state.adding = False

    @action(
        description=_("New key"),
        url_path="new-key",
        icon="key",
        permissions=["accounts.add_channelkey"],
        variant=ActionVariant.PRIMARY,
    )
    def new_key(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make a key and show it once."""
        device = self.find(request, object_id)
        if request.method == "POST":
            _key, secret = devices.create_key(device)
            return self.page(request, "admin/secret.html", title=_("New key"), original=device, secret=secret)
        advice = _("The key is shown once, on the next page. Have the place ready where it will be kept.")
        return self.page(
            request, "admin/act.html", title=_("New key for %(device)s") % {"device": device}, original=device,
            form=forms.Form(), submit=_("Make the key"), advice=advice,
        )  # fmt: skip

    @display(description=_("valid keys"))
    def keys(self, obj: Device) -> int:
        return sum(not key.revoked and not key.has_expired for key in obj.keys.all())

    @display(description=_("last used"))
    def last_used(self, obj: Device) -> str:
        uses = [key.last_used_at for key in obj.keys.all() if key.last_used_at]
        return shown.moment(max(uses)) if uses else str(_("Never"))

    @display(description=_("in use"), ordering="is_active")
    def use(self, obj: Device) -> Any:
        return badge(_("In use"), "success") if obj.is_active else badge(_("Not in use"))


@admin.register(ChannelKey)
class ChannelKeyAdmin(ModelAdmin):
    """Keys are made at their device and shown once; here are their rights, their last use and their end."""

    list_display = ("device", "beginning", "state", "rights", "last_used", "made")
    list_filter = (KeyStanding, ("device", AutocompleteSelectFilter))
    list_select_related = ("device",)
    search_fields = ("device__name", "prefix")
    ordering = ("-created",)
    fields = ("device", "beginning", "state", *RIGHTS, "last_used", "made")
    readonly_fields = ("device", "beginning", "state", "last_used", "made")
    actions_detail = ("rotate", "revoke")
    empty_advice = _("Open a channel device and choose “New key”.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def offers(self, request: HttpRequest, act: str, obj: ChannelKey) -> bool:
        """A key that opens nothing is neither rotated nor revoked."""
        return not obj.revoked and not obj.has_expired

    @action(
        description=_("Rotate"), url_path="rotate", icon="autorenew", permissions=["accounts.add_channelkey"],
    )  # fmt: skip
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A successor, shown once; the old key ends a little later, so nobody is cut off."""
        key = self.find(request, object_id)
        if not self.offers(request, "rotate", key):
            raise PermissionDenied
        form = GraceForm(posted(request))
        if request.method == "POST" and form.is_valid():
            _fresh, secret = devices.rotate(key, **form.cleaned_data)
            return self.page(request, "admin/secret.html", title=_("New key"), original=key, secret=secret)
        return self.page(
            request, "admin/act.html", title=_("Rotate the key of %(device)s") % {"device": key.device}, original=key,
            form=form, submit=_("Make the new key"),
        )  # fmt: skip

    @action(
        description=_("Revoke"), url_path="revoke", icon="block", permissions=["accounts.change_channelkey"],
    )  # fmt: skip
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """It opens nothing from now on."""
        key = self.find(request, object_id)
        return self.act(
            request, key, forms.Form(posted(request)), lambda: devices.revoke(key),
            title=_("Revoke the key of %(device)s") % {"device": key.device}, submit=_("Revoke"), danger=True,
            advice=_("Whoever uses this key is refused from the next request on. This cannot be undone."),
            done=_("The key opens nothing any more."),
        )  # fmt: skip

    @display(description=_("begins with"), ordering="prefix")
    def beginning(self, obj: ChannelKey) -> str:
        return f"{obj.prefix}…"

    @display(description=_("state"), ordering="revoked")
    def state(self, obj: ChannelKey) -> Any:
        return key_state(obj)

    @display(description=_("rights"))
    def rights(self, obj: ChannelKey) -> str:
        given = [self.model._meta.get_field(right).verbose_name for right in RIGHTS if getattr(obj, right)]
        return " · ".join(str(right) for right in given) or "–"

    @display(description=_("last used"), ordering="last_used_at")
    def last_used(self, obj: ChannelKey) -> str:
        return shown.moment(obj.last_used_at) if obj.last_used_at else str(_("Never"))

    @display(description=_("made"), ordering="created")
    def made(self, obj: ChannelKey) -> str:
        return shown.moment(obj.created)


class WhenAccessed(Lately):
    field = "at"
    overruled_by = ("user__id__exact",)


@admin.register(AccessLog)
class AccessLogAdmin(FactAdmin):
    """Who looked at whom, and why."""

    list_display = ("when", "user", "act_badge", "kind", "detail", "reason", "ip")
    list_filter = (WhenAccessed, ("user", AutocompleteSelectFilter), ("action", ChoicesDropdownFilter))
    list_select_related = ("user",)
    search_fields = ("detail", "reason", "user__name", "user__username")
    fields = ("when", "user", "act_badge", "subject", "detail", "reason", "ip")
    readonly_fields = fields
    empty_advice = _("Nobody opened, revealed or exported a record in this time.")

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
        """The row itself, found by its public id."""
        model = _model(obj.subject_kind)
        if model is None or obj.subject_uuid is None:
            return self.kind(obj)
        return link_to(model.objects.filter(uuid=obj.subject_uuid).first())


def _model(label: str) -> Any:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None
