"""Channel rules, each with a sentence that says what it does."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from accounts.models import User
from common import shown
from common.admin import ModelAdmin, badge
from common.errors import Refusal
from common.filters import AutocompleteSelectFilter, InUse
from scheduling.models import ChannelRule
from scheduling.services import channel_rules


def where(rule: ChannelRule) -> str:
    """What the rule speaks of, the narrowest first."""
    parts = [rule.service, rule.department, rule.site, rule.get_grade_display()]
    return " · ".join(str(part) for part in parts if part) or gettext("Every service")


def describe(rule: ChannelRule) -> str:
    """The rule in words."""
    said = {"channel": rule.get_channel_display(), "hours": shown.hours(rule.melts_hours)}
    parts = []
    if rule.reserved_percent:
        kept = gettext("%(percent)s %% of each session is kept for “%(channel)s” until %(hours)s before it begins.")
        parts.append(kept % {**said, "percent": rule.reserved_percent})
    if rule.max_percent < 100:
        most = gettext("“%(channel)s” may take at most %(percent)s %% of a session until %(hours)s before it begins.")
        parts.append(most % {**said, "percent": rule.max_percent})
    if rule.opens_days == 0:
        parts.append(gettext("“%(channel)s” can book only on the day of the session.") % said)
    elif rule.opens_days is not None:
        days = ngettext("%(n)s day", "%(n)s days", rule.opens_days) % {"n": rule.opens_days}
        parts.append(gettext("“%(channel)s” can book from %(days)s before the session.") % {**said, "days": days})
    if rule.closes_hours:
        closes = gettext("“%(channel)s” can book until %(hours)s before the visit.")
        parts.append(closes % {**said, "hours": shown.hours(rule.closes_hours)})
    return " ".join(parts) or gettext("Changes nothing yet.")


class ChannelRuleForm(forms.ModelForm):
    """Says at once when the rule would reach further than the person who makes it."""

    by: User

    def clean(self) -> dict[str, Any]:
        """Refusals of the service stand beside the field."""
        cleaned = super().clean()
        asked = {name: cleaned.get(name) for name in ("site", "department", "service")}
        try:
            channel_rules.check_reach(ChannelRule(**asked), by=self.by)
        except Refusal as refusal:
            self.add_error(refusal.field, str(refusal))
        return cleaned


@admin.register(ChannelRule)
class ChannelRuleAdmin(ModelAdmin):
    form = ChannelRuleForm
    list_display = ("name", "channel_badge", "speaks_of", "says", "use")
    list_filter = (
        InUse,
        ("channel", ChoicesDropdownFilter),
        ("site", AutocompleteSelectFilter),
        ("department", AutocompleteSelectFilter),
        ("service", AutocompleteSelectFilter),
    )
    list_select_related = ("site", "department", "service")
    search_fields = ("name_zh", "name_en")
    autocomplete_fields = ("site", "department", "service")
    readonly_fields = ("says",)
    empty_advice = _("Without rules every channel may take every place. Add one to keep places for a channel.")
    fieldsets = (
        (None, {"fields": (("name_zh", "name_en"), ("channel", "is_active"), "says")}),
        (_("Which services"), {"fields": (("site", "department"), ("service", "grade"))}),
        (_("Share of each session"), {"fields": (("reserved_percent", "max_percent"), "melts_hours")}),
        (_("When the channel may book"), {"fields": (("opens_days", "closes_hours"),)}),
    )

    def has_change_permission(self, request: HttpRequest, obj: ChannelRule | None = None) -> bool:
        """A rule for every site is changed by who sees every site."""
        return super().has_change_permission(request, obj) and (obj is None or obj.lies_within(request.user))

    def get_form(self, request: HttpRequest, obj: ChannelRule | None = None, **kwargs: Any) -> Any:
        """The form knows who asks."""
        form = super().get_form(request, obj, **kwargs)
        form.by = request.user
        return form

    def save_model(self, request: HttpRequest, obj: ChannelRule, form: Any, change: bool) -> None:
        """Through the service, which asks once more how far the rule reaches."""
        channel_rules.save(obj, by=request.user)

    @display(description=_("channel"), ordering="channel")
    def channel_badge(self, obj: ChannelRule) -> Any:
        return badge(obj.get_channel_display(), "info")

    @display(description=_("speaks of"))
    def speaks_of(self, obj: ChannelRule) -> str:
        return where(obj)

    @display(description=_("what it does"))
    def says(self, obj: ChannelRule) -> str:
        return describe(obj) if obj.pk else gettext("Shown after saving.")

    @display(description=_("in use"), ordering="is_active")
    def use(self, obj: ChannelRule) -> Any:
        return badge(_("In use"), "success") if obj.is_active else badge(_("Not in use"))
