"""Barring from booking for a time, and lifting it. A restriction ends by itself and never bars urgent care."""

import datetime

from django.db import transaction

from accounts.models import User
from common import clock
from common.errors import NotAllowed, ReasonRequired
from common.history import acting
from patients.errors import BarNotAhead, NotBarred
from patients.models import Patient
from patients.services.locking import lock


@transaction.atomic
def bar(
    *, patient: Patient, until: datetime.datetime, reason: str, by: User, at: datetime.datetime | None = None
) -> Patient:
    """The patient may not book by themselves until `until` (aware). Replaces an earlier restriction.

    Raises NotAllowed, ReasonRequired, BarNotAhead, RecordMerged.
    """
    _permit(by, reason)
    if until <= (at or clock.now()):
        raise BarNotAhead(field="until")
    return _set(patient, until, reason, by=by)


@transaction.atomic
def lift(*, patient: Patient, reason: str, by: User, at: datetime.datetime | None = None) -> Patient:
    """The restriction ends now. Raises NotAllowed, ReasonRequired, NotBarred, RecordMerged."""
    _permit(by, reason)
    if not lock(patient).is_barred(at):
        raise NotBarred
    return _set(patient, None, "", by=by, why=reason)


def _permit(by: User, reason: str) -> None:
    if not by.has_perm("patients.bar_patient"):
        raise NotAllowed
    if not reason.strip():
        raise ReasonRequired(field="reason")


def _set(patient: Patient, until: datetime.datetime | None, reason: str, *, by: User, why: str = "") -> Patient:
    with acting(by, why or reason):
        fresh = lock(patient)
        fresh.barred_until, fresh.barred_reason = until, reason[:200]
        fresh.save(update_fields=["barred_until", "barred_reason", "changed_at"])
    return fresh
