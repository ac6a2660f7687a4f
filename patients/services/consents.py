"""What people agree to, with the words they were shown."""

import datetime

from django.db import transaction

from accounts.models import User
from common import clock
from common.history import acting
from patients.errors import ConsentWithdrawn
from patients.models import Consent, Patient, Purpose
from patients.services import account_ending
from patients.services.locking import lock


@transaction.atomic
def give(
    *,
    patient: Patient,
    purpose: str,
    channel: str,
    version: str,
    text_shown: str,
    by: User,
    at: datetime.datetime | None = None,
) -> Consent:
    """Record the consent to one purpose. A newer version ends the older; the same version again changes nothing.

    Raises RecordMerged.
    """
    at = at or clock.now()
    with acting(by):
        fresh = lock(patient)
        standing = fresh.consents.live().filter(purpose=purpose).first()
        if standing is not None and standing.version == version:
            return standing
        if standing is not None:
            _end(standing, at)
        return Consent.objects.create(
            patient=fresh, purpose=purpose, channel=channel, version=version, text_shown=text_shown, given_at=at, by=by
        )


@transaction.atomic
def withdraw(
    *, patient: Patient, purpose: str, by: User, reason: str = "", at: datetime.datetime | None = None
) -> Consent:
    """The person does not agree any more: as easy as agreeing, no reason asked. Without the portal's own consent its
    account ends. Raises ConsentWithdrawn.
    """
    at = at or clock.now()
    with acting(by, reason):
        standing = lock(patient).consents.live().filter(purpose=purpose).first()
        if standing is None:
            raise ConsentWithdrawn
        if purpose == Purpose.PORTAL:
            account_ending.of_patient(patient, at)
        return _end(standing, at)


def _end(consent: Consent, at: datetime.datetime) -> Consent:
    consent.withdrawn_at = max(at, consent.given_at)
    consent.save(update_fields=["withdrawn_at"])
    return consent
