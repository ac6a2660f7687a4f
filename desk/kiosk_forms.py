"""What is typed or scanned at a kiosk. Spaces, dashes and full-width digits are ignored."""

import datetime as dt
import unicodedata

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Device
from scheduling.models import Appointment
from visits.services import kiosk

LONGEST = 100  # signs: a reader may type a whole code into any field


class DayField(forms.CharField):
    """A date as eight digits: year, month, day."""

    def clean(self, value: str) -> dt.date:
        """Raises ValidationError for what is no day."""
        digits = "".join(sign for sign in unicodedata.normalize("NFKC", super().clean(value)) if sign.isdigit())
        try:
            return dt.date.fromisoformat(digits)
        except ValueError:
            raise forms.ValidationError(self.error_messages["required"]) from None


def _typed(keys: str, **attrs: str) -> forms.TextInput:
    """keys: which of the page's own keyboards serves it."""
    return forms.TextInput(
        {"data-keys": keys, "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", **attrs}
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("QR code"),
        max_length=LONGEST,
        error_messages={
            "required": _("Hold your code under the reader."),
            "max_length": _("This is not a code of this hospital."),
        },
    )

    def find(self, machine: Device, ip: str | None) -> list[Appointment]:
        """Whose code it is."""
        return kiosk.by_code(self.cleaned_data["code"], kiosk=machine, ip=ip)


class ReferenceForm(forms.Form):
    reference = forms.CharField(
        label=_("Reference"),
        max_length=LONGEST,
        widget=_typed("reference"),
        help_text=_("8 letters and digits, for example K7M2 9QXD. They are in the message about your appointment."),
        error_messages={"required": _("Enter the reference.")},
    )
    birth_date = DayField(
        label=_("Birth date of the patient"),
        max_length=LONGEST,
        widget=_typed("digits", inputmode="numeric"),
        help_text=_("Year, month, day: for 5 March 1946 enter 19460305."),
        error_messages={"required": _("Enter the birth date as eight digits, for example 19460305.")},
    )

    def find(self, machine: Device, ip: str | None) -> list[Appointment]:
        """The visit, if both belong together."""
        return kiosk.by_reference(self.cleaned_data["reference"], self.cleaned_data["birth_date"], kiosk=machine, ip=ip)


class IdentifierForm(forms.Form):
    identifier = forms.CharField(
        label=_("Identity card or passport number"),
        max_length=LONGEST,
        widget=_typed("identifier"),
        help_text=_("Of the patient, as it stands on the card."),
        error_messages={"required": _("Enter the number.")},
    )

    def find(self, machine: Device, ip: str | None) -> list[Appointment]:
        """Today's visits of that person."""
        return kiosk.by_identifier(self.cleaned_data["identifier"], kiosk=machine, ip=ip)
