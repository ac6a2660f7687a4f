"""Showing what is masked, and saying who looked."""

import datetime

from django.db.models import QuerySet

from accounts.models import AccessLog, User
from accounts.models.access import Action
from accounts.services import access
from common.errors import NotAllowed, ReasonRequired
from patients.models import ContactPoint, Identifier, Patient

KIND = "patients.patient"


def reveal(identifier: Identifier, *, by: User, reason: str, ip: str | None = None) -> str:
    """The identity number in clear; who asked and why is written down first.

    Raises NotAllowed (written down as well), ReasonRequired.
    """
    _permit(identifier.patient, by, reason, detail=str(identifier), ip=ip)
    return identifier.unsealed()


def reveal_contact(contact_point: ContactPoint, *, by: User, reason: str, ip: str | None = None) -> str:
    """The phone or address in clear; who asked and why is written down first. Raises as `reveal`."""
    _permit(contact_point.patient, by, reason, detail=str(contact_point), ip=ip)
    return contact_point.value


def note_opening(patient: Patient, *, by: User, ip: str | None = None) -> AccessLog:
    """Write down that `by` opened the record."""
    return access.record(Action.OPEN, by=by, kind=KIND, subject=patient.uuid, detail=patient.record_number, ip=ip)


def note_own_copy(patient: Patient, *, by: User, ip: str | None = None) -> AccessLog:
    """Write down that the person took a copy of their own data."""
    return access.record(Action.EXPORT, by=by, kind=KIND, subject=patient.uuid, detail=patient.record_number, ip=ip)


def looks_at(patient: Patient, *, since: datetime.datetime) -> QuerySet[AccessLog]:
    """Who looked at the record, and at those that were merged into it, the latest first."""
    merged = Patient.objects.filter(merged_into=patient).values_list("uuid", flat=True)
    return access.about([patient.uuid, *merged], since=since)


def _permit(patient: Patient, by: User, reason: str, *, detail: str, ip: str | None) -> None:
    log = {"by": by, "kind": KIND, "subject": patient.uuid, "detail": detail, "reason": reason, "ip": ip}
    if not by.has_perm("patients.reveal_patient"):
        access.record(Action.DENIED, **log)
        raise NotAllowed
    if not reason.strip():
        raise ReasonRequired(field="reason")
    access.record(Action.REVEAL, **log)
