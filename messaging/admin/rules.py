"""When messages may go out, and how often: one line for each priority."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common import shown
from common.admin import ModelAdmin, badge
from messaging.models import SendingRule

LAST_MINUTE = dt.time(23, 59)


class RuleForm(forms.ModelForm):
    """Says in plain words what the constraint of the table would refuse."""

    def clean(self) -> dict[str, Any]:
        """The hours begin before they end."""
        cleaned = super().clean()
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if opens is not None and closes is not None and closes <= opens:
            self.add_error("closes", _("The end must come after the beginning, on the same day."))
        return cleaned


@admin.register(SendingRule)
class SendingRuleAdmin(ModelAdmin):
    form = RuleForm
    list_display = ("what", "hours", "most", "patience", "opt_outs")
    sortable_by = ()
    readonly_fields = ("what",)
    fields = ("what", ("opens", "closes"), "a_day", "patience_minutes", "ignores_opt_out")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Each priority has its rule from the beginning."""
        return False

    @display(description=_("for"))
    def what(self, obj: SendingRule) -> str:
        return obj.get_priority_display()

    @display(description=_("goes out"))
    def hours(self, obj: SendingRule) -> str:
        is_whole = obj.opens == dt.time.min and obj.closes >= LAST_MINUTE
        return gettext("Day and night") if is_whole else shown.span(obj.opens, obj.closes)

    @display(description=_("a person gets"))
    def most(self, obj: SendingRule) -> str:
        if not obj.a_day:
            return gettext("as many as there are")
        return ngettext("at most %(n)s a day", "at most %(n)s a day", obj.a_day) % {"n": obj.a_day}

    @display(description=_("the next channel is tried after"))
    def patience(self, obj: SendingRule) -> str:
        minutes = obj.patience_minutes
        if minutes and minutes % 60 == 0:
            return shown.hours(minutes // 60)
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}

    @display(description=_("who opted out"))
    def opt_outs(self, obj: SendingRule) -> Any:
        return badge(_("Gets it all the same"), "warning") if obj.ignores_opt_out else badge(_("Gets none"))
