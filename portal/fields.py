"""What patients type, forgiven: spaces, dashes, full-width digits and the marks that dictation leaves are ignored."""

import datetime as dt
import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common import names, phones
from patients.models import IdentifierSystem
from patients.services.identity_numbers import GivenIdentifier

DAY = re.compile(r"(\d{4})\D*?(\d{1,2})\D+(\d{1,2})\D*")
DIGITS = 8  # of a date without anything between
LONGEST = 200  # signs of anything that is typed into one line


def plain(text: str) -> str:
    """Compatibility forms made plain: `１２` -> `12`."""
    return unicodedata.normalize("NFKC", text).strip()


class LineField(forms.CharField):
    """One line of text; too long is said in words, never cut."""

    def __init__(self, *, missing: Any, **more: Any):
        errors = {"required": missing, "max_length": _("This is too long."), "null_characters_not_allowed": missing}
        super().__init__(**{"max_length": LONGEST, "error_messages": errors} | more)


class PhoneField(LineField):
    """A phone in E.164."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "spellcheck": "false"})

    def clean(self, value: str) -> str:
        """Raises ValidationError for what cannot be called."""
        try:
            return phones.normalise(super().clean(value).strip(" .,。，、;；"))
        except phones.NotAPhone:
            raise ValidationError(_("Enter a mobile phone number, like 138 0013 8000.")) from None


class DigitsField(LineField):
    """A code of digits, whatever stands between them."""

    widget = forms.TextInput(
        attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false", "class": "short"}
    )

    def clean(self, value: str) -> str:
        """Raises ValidationError when there is no digit in it."""
        digits = phones.digits(super().clean(value))
        if not digits:
            raise ValidationError(self.error_messages["required"])
        return digits


class NameField(LineField):
    """A full name, as it stands in the document."""

    widget = forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"})

    def clean(self, value: str) -> str:
        """Raises ValidationError for what is no name."""
        name = names.clean(super().clean(value).strip("。，,;；"))
        if not names.tokens(name):
            raise ValidationError(self.error_messages["required"])
        return name


class DayField(LineField):
    """A date: 1952-03-07, 1952年3月7日, 7.3.1952 is not understood, 19520307 is."""

    def clean(self, value: str) -> dt.date:
        """Raises ValidationError for what is no day."""
        text = plain(super().clean(value))
        found = DAY.fullmatch(text)
        digits = phones.digits(text)
        parts = found.groups() if found else (digits[:4], digits[4:6], digits[6:]) if len(digits) == DIGITS else ()
        try:
            return dt.date(*(int(part) for part in parts))
        except (TypeError, ValueError):
            raise ValidationError(_("Enter year, month and day, like 1952-03-07.")) from None


class NumberField(LineField):
    """The number of a document. Which kind it is, the form asks beside it."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"})


KINDS = [
    (IdentifierSystem.RESIDENT_ID.value, IdentifierSystem.RESIDENT_ID.label),
    (IdentifierSystem.PASSPORT.value, IdentifierSystem.PASSPORT.label),
    (IdentifierSystem.TRAVEL_PERMIT.value, _("Travel permit (Hong Kong, Macao, Taiwan)")),
    (IdentifierSystem.OTHER.value, _("Other document, such as a military ID")),
    ("", _("No document at hand")),
]


def given(kind: str, number: str) -> GivenIdentifier | None:
    """The document, if one was named."""
    return GivenIdentifier(kind, number) if kind and number else None
