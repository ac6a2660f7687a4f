"""Consents given on the portal: the words as shown, in the language in which they were read."""

import datetime as dt

from django.utils import translation

from accounts.services.actors import portal_user
from patients.consent_texts import FOR_A_CHILD, TEXTS
from patients.models import GivenBy, Patient
from patients.services import consents


def words(purpose: str) -> str:
    """What somebody agrees to, in the active language."""
    return TEXTS[purpose].in_language(translation.get_language())


def words_for_a_child(purpose: str) -> str:
    """The same, said by a guardian."""
    return f"{FOR_A_CHILD.in_language(translation.get_language())} {words(purpose)}"


def record(patient: Patient, purpose: str, shown: str = "") -> None:
    """The person, or who speaks for them, agrees to the words that stand on the page; shown: when they are others."""
    consents.give(
        patient=patient, purpose=purpose, channel=GivenBy.PORTAL, version=TEXTS[purpose].version,
        text_shown=shown or words(purpose), by=portal_user(),
    )  # fmt: skip


def day(text: str) -> dt.date:
    """A date as it was kept in the session."""
    return dt.date.fromisoformat(text)
