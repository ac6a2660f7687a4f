"""What is asked of somebody who signs in: phone, code, and whose record is theirs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from patients.models import Relation
from patients.services.family import GUARDIANS
from patients.services.portal_accounts import Papers
from portal import fields

AGREE = forms.BooleanField(
    label=_("I agree"), error_messages={"required": _("Please tick the box if you agree. Else book by phone.")}
)


class PhoneForm(forms.Form):
    phone = fields.PhoneField(
        label=_("What is your mobile phone number?"), missing=_("Enter your mobile phone number.")
    )


class AgreedForm(forms.Form):
    """The code with which an adult agrees."""

    code = fields.DigitsField(label=_("Their code"), missing=_("Enter the six digits of the code."))


class CodeForm(forms.Form):
    code = fields.DigitsField(label=_("Enter the code"), missing=_("Enter the six digits of the code."))


class PersonForm(forms.Form):
    """Name and birth date, as on the document."""

    name = fields.NameField(label=pgettext_lazy("person", "Full name"), missing=_("Enter the full name."))
    birth_date = fields.DayField(
        label=_("Birth date"), help_text=_("For example 1952-03-07 or 19520307"), missing=_("Enter the birth date."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "bday", "class": "short"}),
    )  # fmt: skip

    def papers(self) -> Papers:
        """What the person said, when the form is valid."""
        said = self.cleaned_data
        number = fields.given(said.get("kind", ""), said.get("number", ""))
        return Papers(said["name"], said["birth_date"], number)


class WhoForm(PersonForm):
    agree = AGREE


class DocumentForm(forms.Form):
    """The number of a document; or none, then staff ask for it at the visit."""

    kind = forms.ChoiceField(label=_("Kind of document"), choices=fields.KINDS, required=False)
    number = fields.NumberField(label=_("Number of the document"), missing="", required=False)

    def clean(self) -> dict:
        """Raises ValidationError when a kind was chosen and its number is missing."""
        said = super().clean()
        if said.get("kind") and not said.get("number") and "number" not in self.errors:
            self.add_error("number", _("Enter the number, or choose “No document at hand”."))
        return said


class OtherForm(PersonForm, DocumentForm):
    """Somebody else: the browser does not fill in what it knows of its owner."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        for field in self.fields.values():
            if "autocomplete" in field.widget.attrs:
                field.widget.attrs["autocomplete"] = "off"


class ChildForm(OtherForm):
    relation = forms.ChoiceField(
        label=_("You are their"), choices=[(one.value, one.label) for one in GUARDIANS],
    )  # fmt: skip
    agree = AGREE
    field_order = ["relation", "name", "birth_date", "kind", "number", "agree"]


class AdultForm(OtherForm):
    relation = forms.ChoiceField(
        label=_("You are their"), choices=[(one.value, one.label) for one in Relation if one != Relation.GUARDIAN]
    )
    phone = fields.PhoneField(
        label=_("Their mobile phone number"), missing=_("Enter their mobile phone number."),
        help_text=_("We send a code to it. By entering the code they agree."),
    )  # fmt: skip
    field_order = ["relation", "name", "birth_date", "kind", "number", "phone"]
