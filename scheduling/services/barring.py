"""Whether a restriction after missed visits keeps somebody from booking. Asks nothing for who is not restricted.

Patients and machines are refused. Staff with the right book all the same and say why. What the house does by itself,
such as keeping a place after a stoppage, is not the patient's booking. Urgent care is never refused.
"""

import datetime as dt

from accounts.models import Channel
from accounts.models.user import Kind
from common.shown import moment as shown
from directory.models import HealthcareService
from patients.models import Patient
from scheduling.errors import PatientBarred, RestrictedReason
from scheduling.models import BookingRestriction

from .origin import Origin

OF_THE_HOUSE = (Channel.SYSTEM, Channel.IMPORT)


def check(
    patient: Patient, service: HealthcareService, origin: Origin, at: dt.datetime, reason: str | None = None
) -> None:
    """reason: why staff book in spite of it; None while it is not asked for yet, such as for a hold.

    Raises PatientBarred, RestrictedReason.
    """
    if not patient.is_barred(at) or service.is_urgent or origin.channel in OF_THE_HOUSE:
        return
    if _is_exempt(service, patient, at):
        return
    until = shown(patient.barred_until)
    if origin.by.kind != Kind.STAFF or not origin.by.has_perm("scheduling.book_restricted"):
        site = service.department.site
        raise PatientBarred(field="patient", until=until, where=site.phone or site.name)
    if reason is not None and not reason.strip():
        raise RestrictedReason(field="reason", until=until)


def _is_exempt(service: HealthcareService, patient: Patient, at: dt.datetime) -> bool:
    standing = BookingRestriction.objects.standing(at).filter(patient=patient.pk)
    return standing.filter(policy__exempt=service.pk).exists()
