"""Phone numbers: read what people type, keep E.164 (`+8613800138000`), show what a local reader expects."""

import unicodedata

import phonenumbers
from django.conf import settings
from phonenumbers import PhoneNumberFormat


class NotAPhone(ValueError):
    """The text is not a phone number that can be dialled from the hospital's region."""


def normalise(text: str, *, region: str | None = None) -> str:
    """Return `text` as E.164.

    Full-width digits, spaces, dashes, brackets and `+86`, `0086` or `86` in front are accepted.
    region: ISO country of numbers without a country code; default `settings.PHONE_REGION`.
    Raises NotAPhone, also for a local number whose area code is missing.
    """
    number = _parse(_plain(text), region or settings.PHONE_REGION)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def display(e164: str) -> str:
    """The number as people in the hospital's region write it; other countries keep their code."""
    number = _parsed(e164)
    if number is None:
        return e164
    style = PhoneNumberFormat.NATIONAL if is_home(e164) else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def is_home(e164: str) -> bool:
    """Is this a number of the hospital's own country?"""
    return country_code(e164) == str(phonenumbers.country_code_for_region(settings.PHONE_REGION))


def national_digits(e164: str) -> str:
    """The digits without the country code: `13800138000`."""
    number = _parsed(e164)
    return phonenumbers.national_significant_number(number) if number else digits(e164)


def takes_sms(e164: str) -> bool:
    """False for a number that is known to be a fixed line."""
    number = _parsed(e164)
    return number is None or phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.FIXED_LINE


def country_code(e164: str) -> str:
    """The country code without its plus: `86`; empty when the text is no E.164 number."""
    number = _parsed(e164)
    return str(number.country_code) if number else ""


def digits(text: str) -> str:
    """Only the digits of `text`, full-width ones turned into plain ones."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isascii() and char.isdigit())


def reversed_digits(text: str) -> str:
    """The digits back to front, so that a search by the last digits is a search by prefix."""
    return digits(text)[::-1]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _parse(text: str, region: str) -> phonenumbers.PhoneNumber:
    for candidate in (text, f"+{text}"):  # "8613800138000" lacks only its plus
        try:
            number = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        if not number.extension and phonenumbers.is_valid_number(number):
            return number
    raise NotAPhone(f"not a phone number: {len(text)} characters")


def _parsed(e164: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return None
