"""What the acts on a patient ask for. They check shape; the services check truth."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminExpandableTextareaWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from common import names
from common.admin import ReasonForm
from common.errors import Refusal
from patients.models import (
    ContactPoint,
    ContactUse,
    GivenBy,
    Identifier,
    IdentifierSystem,
    Language,
    Patient,
    PatientTag,
    PortalAccount,
    Proof,
    Purpose,
    RelatedPerson,
    Relation,
    Sex,
    Tag,
)
from patients.services import registration
from patients.services.identity_numbers import GivenIdentifier

_WIDGETS = {
    forms.ModelChoiceField: UnfoldAdminSelectWidget,
    forms.ChoiceField: UnfoldAdminSelectWidget,
    forms.DateField: UnfoldAdminSingleDateWidget,
    forms.EmailField: UnfoldAdminEmailInputWidget,
    forms.BooleanField: UnfoldBooleanSwitchWidget,
    forms.CharField: UnfoldAdminTextInputWidget,
}


def field(kind: type[forms.Field], label: Any, **options: Any) -> forms.Field:
    """A form field in the admin's looks."""
    return kind(label=label, widget=options.pop("widget", _WIDGETS[kind]), **options)


def _text(label: Any, **options: Any) -> forms.Field:
    return field(forms.CharField, label, **{"max_length": 120, **options})


def _choice(label: Any, choices: Any, **options: Any) -> forms.Field:
    return field(forms.ChoiceField, label, choices=choices.choices, **options)


def _optional(kind: type[forms.Field], label: Any, **options: Any) -> forms.Field:
    return field(kind, label, required=False, **options)


def guess(typed: str) -> dict[str, str]:
    """Where the text belongs with which somebody was looked for in vain: a phone or a name."""
    text = names.clean(typed)[:120]
    return {"phone" if any(char.isdigit() for char in text) else "name": text} if text else {}


class RegisterForm(forms.Form):
    """A new person."""

    name = _text(_("Name"))
    phone = _text(_("Phone"), required=False)
    second_phone = _text(_("Second phone"), required=False)
    resident_id = _text(_("Resident identity card"), required=False, help_text=_("Fills in birth date and sex."))
    passport = _text(_("Passport"), required=False)
    birth_date = _optional(forms.DateField, _("Birth date"))
    sex = _choice(_("Sex"), Sex, initial=Sex.UNKNOWN)
    language = _choice(_("Language"), Language, initial=Language.CHINESE)
    email = _optional(forms.EmailField, _("E-mail"))
    note = _text(_("Note"), required=False, max_length=2000, widget=UnfoldAdminExpandableTextareaWidget)

    def facts(self) -> dict[str, Any]:
        """What `registration.register` takes."""
        cleaned = self.cleaned_data
        numbers = [GivenIdentifier(one, cleaned[one]) for one in ("resident_id", "passport") if cleaned[one]]
        kept = {name: cleaned[name] for name in ("name", "birth_date", "sex", "language", "email", "note")}
        return {**kept, "phones": [cleaned["phone"], cleaned["second_phone"]], "identifiers": numbers}


class PatientForm(forms.ModelForm):
    """Corrections to a person."""

    class Meta:
        model = Patient
        fields = registration.EDITABLE

    def clean(self) -> dict[str, Any]:
        """Asks the service whether it would agree."""
        cleaned = super().clean()
        before = Patient.objects.get(pk=self.instance.pk)
        try:
            registration.check_changes(before, **{name: cleaned[name] for name in self.changed_data if name in cleaned})
        except Refusal as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
        return cleaned


class PhoneForm(forms.Form):
    """Another phone."""

    value = _text(_("Phone"))
    use = _choice(_("Use"), ContactUse)
    note = _text(_("Note"), required=False, max_length=200)


class OfPatient(forms.Form):
    """A form that chooses among what the patient has."""

    chosen = ""  # the field
    model: Any = None

    def __init__(self, patient: Patient, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields[self.chosen].queryset = self.rows(patient)

    def rows(self, patient: Patient) -> Any:
        """What there is to choose from."""
        return self.model.objects.filter(patient=patient, ended_at=None)


class ContactForm(OfPatient, ReasonForm):
    """One of the phones and addresses, and why."""

    chosen, model = "contact_point", ContactPoint
    contact_point = field(forms.ModelChoiceField, _("Which"), queryset=ContactPoint.objects.none())
    field_order = ("contact_point", "reason")


class ChangePhoneForm(ContactForm):
    """The number that takes the place of another."""

    phone = _text(_("New phone"))
    field_order = ("contact_point", "phone", "reason")

    def rows(self, patient: Patient) -> Any:
        return super().rows(patient).phones()


class NumberForm(forms.Form):
    """A number that somebody issued."""

    system = _choice(_("Kind"), IdentifierSystem)
    value = _text(_("Number"), max_length=40)
    issuer = _text(_("Issuer"), required=False, max_length=60, help_text=_("Country, insurer or system."))
    valid_until = _optional(forms.DateField, _("Valid until"))


class IdentifierForm(OfPatient, ReasonForm):
    """One of the numbers, and why."""

    chosen, model = "identifier", Identifier
    identifier = field(forms.ModelChoiceField, _("Which"), queryset=Identifier.objects.none())
    field_order = ("identifier", "reason")


class ProxyForm(forms.Form):
    """Who may act for the patient."""

    proxy = forms.ModelChoiceField(
        queryset=Patient.objects.active(),
        label=_("Acting person"),
        widget=AutocompleteSelect(
            RelatedPerson._meta.get_field("proxy"), admin.site, attrs={"class": "unfold-admin-autocomplete"}
        ),
    )
    relation = _choice(_("Relation"), Relation)
    proof = _choice(_("Proof"), Proof)
    proof_note = _text(_("Remark on the proof"), required=False, max_length=200)
    can_book = _optional(forms.BooleanField, _("May book and cancel"), initial=True)
    can_view = _optional(forms.BooleanField, _("May see visits"))
    ends_on = _optional(forms.DateField, _("Last day"), help_text=_("Empty: until ended."))


class EndProxyForm(OfPatient, ReasonForm):
    """Whose right ends."""

    chosen, model = "related", RelatedPerson
    related = field(forms.ModelChoiceField, _("Which"), queryset=RelatedPerson.objects.none())
    field_order = ("related", "reason")


class EndAccountForm(OfPatient, ReasonForm):
    """With which nobody signs in any more."""

    chosen, model = "account", PortalAccount
    account = field(forms.ModelChoiceField, _("Which"), queryset=PortalAccount.objects.none(), empty_label=None)
    field_order = ("account", "reason")


class ConsentForm(forms.Form):
    """What the patient agrees to, in which words."""

    purpose = _choice(_("Purpose"), Purpose)
    channel = _choice(_("Given"), GivenBy)
    version = _text(_("Version of the text"), max_length=20)
    text_shown = _text(_("Text shown"), max_length=5000, widget=UnfoldAdminExpandableTextareaWidget(attrs={"rows": 4}))


class WithdrawForm(forms.Form):
    """What the patient does not agree to any more: no reason asked."""

    purpose = _choice(_("Purpose"), Purpose)


class TagForm(forms.Form):
    """A word for the patient."""

    tag = field(forms.ModelChoiceField, _("Tag"), queryset=Tag.objects.filter(is_active=True))
    until = _optional(forms.DateField, _("Last day"), help_text=_("Empty: until taken off."))


class TakeOffForm(OfPatient):
    """Which tag goes."""

    chosen, model = "patient_tag", PatientTag
    patient_tag = field(forms.ModelChoiceField, _("Tag"), queryset=PatientTag.objects.none())
