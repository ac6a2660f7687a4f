"""What editors of ladders and notices type. Forms look at the shape; whether it can be so is for the services."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from common import clock
from directory.models import HealthcareService
from messaging.models import Medium
from patients.models import Tag
from reminders.models import Act, Audience, Notice, Step
from reminders.models.ladder import MOST_HELD_OUT, RISKIEST
from reminders.services.steps import Rule

EXAMPLE_TIME = dt.time(9, 30)
PLACES = (
    _("First by"), pgettext_lazy("channel", "then"), pgettext_lazy("channel", "then, third"),
    pgettext_lazy("channel", "then, fourth"), pgettext_lazy("channel", "then, fifth"),
)  # fmt: skip
DAYS, HOURS = "days", "hours"


class NumberBox(UnfoldAdminTextInputWidget):
    input_type = "number"


class DateBox(UnfoldAdminTextInputWidget):
    input_type = "date"


class MediaWidget(forms.MultiWidget):
    """A select for each place in the order, so that the order is set by keyboard too."""

    def __init__(self, attrs: dict | None = None) -> None:
        choices = [("", "–"), *Medium.choices]
        super().__init__([UnfoldAdminSelectWidget({"aria-label": place}, choices) for place in PLACES], attrs)

    def decompress(self, value: str | None) -> list[str]:
        return [*(value or "").split(), *[""] * len(PLACES)][: len(PLACES)]


class MediaField(forms.MultiValueField):
    """Channels in order, as one text: `wechat sms`."""

    widget = MediaWidget

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("max_length", None)
        choices = [("", ""), *Medium.choices]
        fields = [forms.ChoiceField(choices=choices, required=False) for _place in PLACES]
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: Sequence[str]) -> str:
        chosen = [medium for medium in data_list if medium]
        if len(set(chosen)) != len(chosen):
            raise forms.ValidationError(_("Name each channel once, the first choice first."))
        return " ".join(chosen)


class LadderForm(forms.Form):
    """What the ladder is called and for whom. Steps are forms of their own."""

    name_zh = forms.CharField(
        label=_("Chinese name"), max_length=120, required=False, widget=UnfoldAdminTextInputWidget
    )
    name_en = forms.CharField(
        label=_("English name"), max_length=120, required=False, widget=UnfoldAdminTextInputWidget
    )
    services = forms.ModelMultipleChoiceField(
        HealthcareService.objects.filter(is_active=True).order_by("department", "pk"),
        label=_("For the services"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("None chosen: all services without a ladder of their own."),
    )


class StepForm(forms.Form):
    """One step."""

    lineage = forms.UUIDField(required=False, widget=forms.HiddenInput)
    amount = forms.IntegerField(
        label=_("How long before"), min_value=1, max_value=24 * 30, widget=NumberBox(attrs={"min": 1})
    )
    unit = forms.ChoiceField(
        label=_("Unit"), choices=[(DAYS, _("days before")), (HOURS, _("hours before"))], widget=UnfoldAdminSelectWidget
    )
    at_time = forms.TimeField(
        label=_("At (empty: as the visit)"), required=False, input_formats=["%H:%M", "%H:%M:%S", "%H"],
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "10:00", "inputmode": "numeric"}),
    )  # fmt: skip
    act = forms.ChoiceField(label=_("What"), choices=Act.choices, widget=UnfoldAdminSelectWidget)
    media = MediaField(label=_("Channels in order"), required=False)
    audience = forms.ChoiceField(
        label=pgettext_lazy("step", "For"), choices=Audience.choices, widget=UnfoldAdminSelectWidget
    )
    riskiest_percent = forms.IntegerField(
        label=_("The riskiest, %"),
        min_value=1,
        max_value=100,
        required=False,
        widget=NumberBox(attrs={"min": 1}),
        help_text=Step._meta.get_field("riskiest_percent").help_text,
    )
    tag = forms.ModelChoiceField(
        Tag.objects.filter(is_active=True), label=_("Tag"), required=False, widget=UnfoldAdminSelectWidget
    )
    only_unanswered = forms.BooleanField(label=_("Only while unanswered"), required=False, widget=UnfoldBooleanWidget)
    holdout_percent = forms.IntegerField(
        label=_("Left out by lot, %"),
        min_value=0,
        max_value=MOST_HELD_OUT,
        required=False,
        widget=NumberBox(attrs={"min": 0}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.fields["at_time"].widget.format_value = lambda value: (
            f"{value:%H:%M}" if isinstance(value, dt.time) else value
        )

    @property
    def rule(self) -> Rule:
        """The step of a valid form."""
        said = dict(self.cleaned_data)
        amount, unit = said.pop("amount"), said.pop("unit")
        said["holdout_percent"] = said["holdout_percent"] or 0
        said["riskiest_percent"] = said["riskiest_percent"] or RISKIEST
        return Rule(hours_before=amount * (24 if unit == DAYS else 1), **said)

    @classmethod
    def values_of(cls, rule: Rule) -> dict[str, Any]:
        """What the form of this step starts from."""
        days, hours = divmod(rule.hours_before, 24)
        amount = {"amount": rule.hours_before, "unit": HOURS} if hours else {"amount": days, "unit": DAYS}
        return {**vars(rule), **amount}


class ExampleForm(forms.Form):
    """The visit for which a time line is drawn."""

    visit_day = forms.DateField(label=_("A visit on"), widget=DateBox)
    visit_time = forms.TimeField(
        label=pgettext_lazy("visit", "at"), input_formats=["%H:%M"],
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "09:30", "inputmode": "numeric"}),
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        today = clock.today()
        tuesday = today + dt.timedelta(days=(1 - today.weekday()) % 7 or 7)
        initial = {"visit_day": tuesday.isoformat(), "visit_time": f"{EXAMPLE_TIME:%H:%M}"}
        super().__init__({**initial, **{name: data[name] for name in initial if data and data.get(name)}})

    @property
    def starts_at(self) -> dt.datetime | None:
        """The moment; None while what is typed is no day or no time."""
        if not self.is_valid():
            return None
        try:
            return clock.at_wall(self.cleaned_data["visit_day"], self.cleaned_data["visit_time"])
        except OverflowError:
            return None


class NoticeForm(forms.ModelForm):
    """Whether patients hear of it, and how."""

    class Meta:
        model = Notice
        fields = ("is_active", "media")
        field_classes = {"media": MediaField}
        widgets = {"media": MediaWidget}
