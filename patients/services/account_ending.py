"""Portal accounts that end because what they rest on has ended: the phone, or the consent."""

import datetime

from patients.models import Patient, PortalAccount


def of_phone(patient: Patient, phone: str, at: datetime.datetime) -> None:
    """The number does not belong to the patient any more. Inside the caller's transaction and act."""
    _end(PortalAccount.objects.live().filter(patient=patient, phone=phone), at)


def of_patient(patient: Patient, at: datetime.datetime) -> None:
    """The patient does not agree to the portal any more. Inside the caller's transaction and act."""
    _end(PortalAccount.objects.live().filter(patient=patient), at)


def _end(accounts, at: datetime.datetime) -> None:
    for account in accounts:
        account.ended_at, account.sessions = at, account.sessions + 1
        account.save(update_fields=["ended_at", "sessions"])
