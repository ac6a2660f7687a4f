"""Channel devices: the systems that use the pool through the API."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.models import Channel, Device
from accounts.services import devices
from common import shown
from common.admin import ModelAdmin, badge
from common.filters import InUse

from .keys import KeyInline


class DeviceForm(forms.ModelForm):
    class Meta:
        model = Device
        fields = ("name", "channel", "is_active")
        widgets = {"channel": UnfoldAdminSelectWidget}


@admin.register(Device)
class DeviceAdmin(ModelAdmin):
    """Systems that use the pool through the API, and kiosks, which have a page of ours too."""

    list_display = ("name", "channel", "keys", "last_used", "use")
    list_filter = (InUse, ("channel", ChoicesDropdownFilter))
    search_fields = ("name",)
    inlines = (KeyInline,)
    actions = ("give_new_address",)
    actions_detail = ("new_key",)
    empty_advice = _("Add the phone menu, kiosk, mini-program or partner that books through the API.")
    fields = (("name", "channel"), "is_active", "opens")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With its keys."""
        return super().get_queryset(request).prefetch_related("keys")

    def get_readonly_fields(self, request: HttpRequest, obj: Device | None = None) -> tuple:
        """A device stays in its channel: its bookings say so."""
        return ("channel", "opens") if obj else ("opens",)

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

    @admin.action(description=_("Give a new address"), permissions=["change"])
    def give_new_address(self, request: HttpRequest, rows: QuerySet) -> None:
        """The old address of the page for patients opens nothing from now on; keys are not touched."""
        for device in rows:
            devices.move_address(device, by=request.user)
        messages.success(request, _("Open the new address on the kiosk; the old one shows nothing any more."))

    @display(description=_("page for patients"))
    def opens(self, obj: Device) -> Any:
        """A kiosk's own page for checking in; the other channels bring their own screens."""
        if not obj.pk or obj.channel != Channel.KIOSK or not obj.is_active:
            return "–"
        address = reverse("kiosk:page", kwargs={"kiosk": obj.uuid})
        return format_html('<a class="crm-link" target="_blank" href="{}">{}</a>', address, _("Open the kiosk"))

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
