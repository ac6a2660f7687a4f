"""Consents given on the portal: the words as shown, in the language in which they were read."""

import datetime as dt

from django.utils import translation

from accounts.services.actors import portal_user
from patients.consent_texts import TEXTS
from patients.models import GivenBy, Patient
from patients.services import consents


def words(purpose: str) -> str:
    """What somebody agrees to, in the active language."""
    return TEXTS[purpose].in_language(translation.get_language())


def record(patient: Patient, purpose: str) -> None:
    """The person, or who speaks for them, agrees to the words that stand on the page."""
    consents.give(
        patient=patient, purpose=purpose, channel=GivenBy.PORTAL, version=TEXTS[purpose].version,
        text_shown=words(purpose), by=portal_user(),
    )  # fmt: skip


def day(text: str) -> dt.date:
    """A date as it was kept in the session."""
    return dt.date.fromisoformat(text)
