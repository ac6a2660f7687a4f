"""Numbers of a person: recorded, ended, resealed."""

import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import User
from common import clock, sealing
from common.history import acting
from patients.errors import IdentifierEnded, IdentifierTaken
from patients.models import Identifier, IdentifierSystem, Patient, Sex
from patients.services import identity_numbers
from patients.services.identity_numbers import GivenIdentifier
from patients.services.locking import lock


def add(*, patient: Patient, given: GivenIdentifier, by: User) -> Identifier:
    """Record a number. An identity card also fills in a missing birth date and sex.

    Raises IdentifierInvalid, IdentifierMismatch, IdentifierTaken, RecordMerged.
    """
    told = identity_numbers.check(given)
    refuse_taken([given])
    try:
        with transaction.atomic(), acting(by):
            fresh = lock(patient)
            identity_numbers.agree(told, fresh.birth_date, fresh.sex)
            _fill_in(fresh, told)
            return _create(fresh, given, by)
    except IntegrityError:
        refuse_taken([given])
        raise


@transaction.atomic
def end(*, identifier: Identifier, by: User, reason: str = "", at: datetime.datetime | None = None) -> Identifier:
    """The number does not count any more; it stays on record. Raises IdentifierEnded."""
    with acting(by, reason):
        fresh = Identifier.objects.select_for_update().get(pk=identifier.pk)
        if fresh.ended_at is not None:
            raise IdentifierEnded
        fresh.ended_at = at or clock.now()
        fresh.save(update_fields=["ended_at"])
    return fresh


def create_all(patient: Patient, given: list[GivenIdentifier], by: User) -> list[Identifier]:
    """Store checked numbers of a locked or new patient, inside the caller's transaction."""
    return [_create(patient, one, by) for one in given]


def refuse_taken(given: list[GivenIdentifier]) -> None:
    """Raises IdentifierTaken for the first number that somebody has."""
    for one in given:
        owner = owners([one]).first()
        if owner is not None:
            raise IdentifierTaken(field=one.system, alternatives=[owner])


def owners(given: list[GivenIdentifier]):
    """The patients who have any of these numbers."""
    taken = Q(pk__in=[])
    for one in given:
        rows = Identifier.objects.live().with_value(one.value).filter(system=one.system, issuer=one.issuer)
        taken |= Q(pk__in=rows.values("patient_id"))
    return Patient.objects.filter(taken)


def reseal(*, batch: int = 500) -> int:
    """Seal with the first key whatever an older one sealed; returns how many. Repeatable, in small transactions."""
    changed = 0
    for pk in Identifier.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=batch):
        with transaction.atomic():
            identifier = Identifier.objects.select_for_update().get(pk=pk)
            if not sealing.is_current(identifier.sealed):
                identifier.seal(identifier.unsealed())
                identifier.save(update_fields=["sealed", "digest", "tail_reversed"])
                changed += 1
    return changed


def _create(patient: Patient, given: GivenIdentifier, by: User) -> Identifier:
    identifier = Identifier(
        patient=patient, system=given.system, issuer=given.issuer, valid_until=given.valid_until, created_by=by
    )
    identifier.seal(given.value)
    identifier.full_clean(exclude=["patient", "created_by"], validate_constraints=False)
    identifier.save()
    return identifier


def _fill_in(patient: Patient, told: identity_numbers.Told) -> None:
    if told.birth_date and patient.birth_date is None:
        patient.birth_date = told.birth_date
    if told.sex != Sex.UNKNOWN and patient.sex == Sex.UNKNOWN:
        patient.sex = told.sex
    patient.save(update_fields=["birth_date", "sex", "changed_at"])


def resident_told(patient: Patient) -> identity_numbers.Told:
    """What the patient's identity card says; nothing if none is recorded."""
    card = patient.identifiers.live().filter(system=IdentifierSystem.RESIDENT_ID).first()
    if card is None:
        return identity_numbers.Told()
    return identity_numbers.check(GivenIdentifier(IdentifierSystem.RESIDENT_ID, card.unsealed()))
