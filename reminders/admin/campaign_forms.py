"""What editors of campaigns type. Forms look at the shape; whether it can be so is for the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from accounts.models import User
from directory.models import Department, HealthcareService
from patients.models import Purpose, Tag
from reminders.models import CampaignPurpose
from reminders.models.campaign import MOST_A_MINUTE, MOST_HELD_OUT
from reminders.services.writing import Outline, Words

from .forms import DateBox, MediaField, NumberBox

LETTERS = ("A", "B", "C")


def _name(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=120, required=False, widget=UnfoldAdminTextInputWidget)


def _number(label: Any, low: int, high: int, *, required: bool = False, help_text: Any = "") -> forms.IntegerField:
    box = NumberBox(attrs={"min": low, "max": high})
    return forms.IntegerField(
        label=label, min_value=low, max_value=high, required=required, widget=box, help_text=help_text
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DateBox)


def _several(rows: Any, label: Any) -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        rows, label=label, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )


class CampaignForm(forms.Form):
    """Everything but the words."""

    name_zh = _name(_("Chinese name"))
    name_en = _name(_("English name"))
    purpose = forms.ChoiceField(label=_("Purpose"), choices=CampaignPurpose.choices, widget=UnfoldAdminSelectWidget)
    consent = forms.ChoiceField(
        label=_("Only who agreed to"), required=False, widget=UnfoldAdminSelectWidget,
        choices=[("", _("no consent needed")), *Purpose.choices],
        help_text=_("May stay empty for a recall, which is part of the treatment."),
    )  # fmt: skip
    media = MediaField(label=_("Channels in order"), required=False)
    hold_out_percent = _number(
        _("Hold-out group, %"), 0, MOST_HELD_OUT, required=True,
        help_text=_("Drawn by lot and told nothing, so that the results can be compared with something."),
    )  # fmt: skip
    per_minute = _number(_("People a minute"), 1, MOST_A_MINUTE, required=True)

    departments = _several(Department.objects.none(), _("Seen in the departments"))
    services = _several(HealthcareService.objects.none(), _("Seen for the services"))
    unseen_months = _number(_("Not seen for, months"), 1, 240)
    seen_from = _day(_("Last visit on or after"))
    seen_until = _day(_("Last visit on or before"))
    age_from = _number(_("From age"), 0, 130)
    age_to = _number(_("Up to age"), 0, 130)
    missed_least = _number(_("Missed visits, at least"), 1, 50)
    missed_months = _number(_("in the last months"), 1, 240)
    tags_any = _several(Tag.objects.filter(is_active=True), _("With one of the tags"))
    tags_all = _several(Tag.objects.filter(is_active=True), _("With all of the tags"))
    only_unbooked = forms.BooleanField(
        label=_("Only who has no booking to come there"), required=False, widget=UnfoldBooleanWidget
    )

    def __init__(self, data: Any, *, by: User, outline: Outline) -> None:
        super().__init__(data, initial=vars(outline), use_required_attribute=False)
        departments = Department.objects.visible_to(by).order_by("site", "code")
        self.fields["departments"].queryset = departments
        services = HealthcareService.objects.visible_to(by).filter(is_active=True)
        self.fields["services"].queryset = services.select_related("department").order_by("department", "pk")

    def columns(self) -> dict[str, Any]:
        """What was typed, of a valid form, as an outline takes it."""
        said = dict(self.cleaned_data)
        said["missed_months"] = said["missed_months"] or 12
        return said

    def group(self, *names: str) -> list[forms.BoundField]:
        """Some of the fields, for a part of the page."""
        return [self[name] for name in names]

    @property
    def about(self) -> list[forms.BoundField]:
        return self.group("name_zh", "name_en", "purpose", "consent")

    @property
    def how(self) -> list[forms.BoundField]:
        return self.group("media", "per_minute", "hold_out_percent")

    @property
    def whom(self) -> list[forms.BoundField]:
        return self.group(
            "unseen_months", "seen_from", "seen_until", "only_unbooked", "age_from", "age_to", "missed_least",
            "missed_months",
        )  # fmt: skip

    @property
    def lists(self) -> list[tuple[forms.BoundField, int]]:
        """Fields with many choices, and how many are chosen: closed while there are none."""
        fields = self.group("departments", "services", "tags_any", "tags_all")
        return [(field, len(field.value() or ())) for field in fields if field.field.queryset.exists()]


class VariantForm(forms.Form):
    """One way to say it. A form without any words counts as not there."""

    name = forms.CharField(
        label=pgettext_lazy("variant", "Name"), max_length=40, required=False, widget=UnfoldAdminTextInputWidget
    )
    weight = forms.IntegerField(
        label=_("Weight"), min_value=1, max_value=100, required=False, widget=NumberBox(attrs={"min": 1, "max": 100})
    )
    text_en = forms.CharField(
        label=_("Words in English"), max_length=600, required=False, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )
    text_zh = forms.CharField(
        label=_("Words in Chinese"), max_length=600, required=False, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )

    @property
    def is_filled(self) -> bool:
        """Does it say anything?"""
        return bool(self["text_en"].value() or self["text_zh"].value())

    @property
    def words(self) -> Words:
        """Of a valid form."""
        said = self.cleaned_data
        letter = said["name"].strip() or str(self.initial["name"])
        return Words(letter, said["text_zh"], said["text_en"], said["weight"] or 1)
