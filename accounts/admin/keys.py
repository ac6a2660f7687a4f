"""Channel keys: made at their device, rotated and revoked here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.models import ChannelKey
from accounts.services import devices
from common import clock, shown
from common.admin import FactInline, ModelAdmin, badge, link_to, posted
from common.filters import AutocompleteSelectFilter, Chips

RIGHTS = ("may_search", "may_book", "may_read_patients", "may_register", "sees_all_bookings")


def key_state(key: ChannelKey) -> Any:
    """A key's word and colour."""
    if key.revoked:
        return badge(_("Revoked"), "danger")
    if key.has_expired:
        return badge(_("Expired"))
    if key.expiry_date:
        return badge(_("Until %(moment)s") % {"moment": shown.moment(key.expiry_date)}, "warning")
    return badge(_("Valid"), "success")


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
