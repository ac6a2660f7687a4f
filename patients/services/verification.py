"""Is this caller the person they say they are? Wrong answers count per patient, whoever asks."""

import datetime

from django.db import transaction

from accounts.models import User
from accounts.models.access import Action
from accounts.services import access
from common import clock, phones
from patients.errors import TooFewFacts, TooManyAttempts
from patients.models import Patient, VerificationAttempt
from patients.models.finding import plain_identifier
from patients.services.locking import lock
from patients.services.revealing import KIND

FACTS = 2  # fewer can be read off an envelope
TAIL = 4  # characters of a phone or a number
FAILURES = 5
PERIOD = datetime.timedelta(hours=1)


@transaction.atomic
def check(
    *,
    patient: Patient,
    by: User,
    birth_date: datetime.date | None = None,
    phone_tail: str = "",
    identifier_tail: str = "",
    at: datetime.datetime | None = None,
) -> VerificationAttempt:
    """Compare at least two facts with the record; `.ok` of the result says whether all are right, never which is not.

    phone_tail, identifier_tail: at least the last four. Call it outside a transaction that may be rolled back: a
    wrong answer must stay counted. Raises TooFewFacts, TooManyAttempts (five wrong within an hour), RecordMerged.
    """
    at = at or clock.now()
    asked = {"birth_date": birth_date, "phone": phone_tail, "identifier": identifier_tail}
    names = [name for name, answer in asked.items() if answer]
    if len(names) < FACTS:
        raise TooFewFacts
    fresh = lock(patient)
    if fresh.verification_attempts.failed_since(at - PERIOD).count() >= FAILURES:
        raise TooManyAttempts
    right = all(_CHECKS[name](fresh, asked[name]) for name in names)
    if not right:
        access.record(Action.FAILED_CHECK, by=by, kind=KIND, subject=fresh.uuid, detail=", ".join(names))
    return VerificationAttempt.objects.create(patient=fresh, asked=",".join(names), ok=right, at=at, by=by)


def _birth_date(patient: Patient, answer: datetime.date) -> bool:
    return patient.birth_date == answer


def _phone(patient: Patient, answer: str) -> bool:
    digits = phones.digits(answer)
    if len(digits) < TAIL:
        return False
    return any(phones.digits(point.value).endswith(digits) for point in patient.contact_points.live().phones())


def _identifier(patient: Patient, answer: str) -> bool:
    tail = plain_identifier(answer)
    if len(tail) < TAIL:
        return False
    return any(identifier.unsealed().endswith(tail) for identifier in patient.identifiers.live())


_CHECKS = {"birth_date": _birth_date, "phone": _phone, "identifier": _identifier}
