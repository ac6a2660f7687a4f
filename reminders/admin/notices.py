"""What patients are told of as it happens: whether, and by which channels."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.admin import ModelAdmin, badge
from messaging.labels import label_of
from messaging.models import Medium
from reminders.models import Notice

from .forms import NoticeForm


@admin.register(Notice)
class NoticeAdmin(ModelAdmin):
    form = NoticeForm
    list_display = ("message", "channels", "use", "words")
    fields = ("message", "is_active", "media", "words")
    readonly_fields = ("message", "words")
    sortable_by = ()
    change_form_before_template = "reminders/notice_style.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one row for each kind of message."""
        return False

    @display(description=_("message"))
    def message(self, obj: Notice) -> str:
        return label_of(obj.kind)

    @display(description=_("channels in order"))
    def channels(self, obj: Notice) -> str:
        return " → ".join(str(Medium(medium).label) for medium in obj.media.split())

    @display(description=_("in use"))
    def use(self, obj: Notice) -> Any:
        return badge(_("In use"), "success") if obj.is_active else badge(_("Patients are not told"), "warning")

    @display(description=_("words"))
    def words(self, obj: Notice) -> Any:
        address = reverse("admin:messaging_messagetemplate_changelist", query={"kind": obj.kind})
        return format_html('<a class="crm-link" href="{}">{}</a>', address, _("Show the words"))
