"""What is asked about visits: which one is meant, and for what and until when somebody waits."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common import clock
from common.references import ALPHABET, clean_reference
from patients.services.family import Member
from portal import fields
from scheduling.models.waitlist import PartOfDay

SIGNS = 8  # of a reference


class FindForm(forms.Form):
    """Two things, however they are written."""

    reference = fields.LineField(
        label=gettext_lazy("Reference"), help_text=gettext_lazy("It stands in our message. For example K7M2 9QXD"),
        missing=gettext_lazy("Enter the reference."), max_length=fields.LONGEST,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters", "class": "short"}
        ),
    )  # fmt: skip
    birth_date = fields.DayField(
        label=gettext_lazy("Birth date of the patient"), help_text=gettext_lazy("For example 1952-03-07 or 19520307"),
        missing=gettext_lazy("Enter the birth date."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )  # fmt: skip

    @property
    def is_well_formed(self) -> bool:
        """Could it be a reference of ours?"""
        code = clean_reference(self.cleaned_data["reference"])
        return len(code) == SIGNS and not set(code) - set(ALPHABET)


class JoinForm(forms.Form):
    """For whom, between which days, at which time of day."""

    person = forms.ChoiceField(
        label=pgettext_lazy("waiting list", "Who is it for?"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who it is for."),
                        "invalid_choice": gettext_lazy("Choose who it is for.")},
    )  # fmt: skip
    earliest = fields.DayField(
        label=gettext_lazy("From which day?"), missing=gettext_lazy("Enter the first day."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )  # fmt: skip
    latest = fields.DayField(
        label=gettext_lazy("Until which day?"), missing=gettext_lazy("Enter the last day."),
        help_text=gettext_lazy("After that day you are off the list."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )  # fmt: skip
    part_of_day = forms.ChoiceField(
        label=pgettext_lazy("waiting list", "At which time of day?"), choices=PartOfDay.choices, required=False
    )

    def __init__(self, data: Any = None, *, members: list[Member], **more: Any):
        super().__init__(data, **more)
        self.people = {str(one.patient.uuid): one.patient for one in members}
        self.fields["person"].choices = [(str(one.patient.uuid), _named(one)) for one in members]

    def clean_earliest(self) -> Any:
        """From today on at the earliest."""
        return max(self.cleaned_data["earliest"], clock.today())


def _named(member: Member) -> str:
    """Masked, with what tells two people of one family apart."""
    name, age = member.patient.name_masked, member.patient.age(clock.today())
    if member.is_self:
        return _("%(name)s (you)") % {"name": name}
    return name if age is None else _("%(name)s (%(age)s years old)") % {"name": name, "age": age}
