"""Many new people at once: for imports and the demo hospital, with tokens and history, in a handful of statements."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from common import clock
from common.history import acting, bulk_create_with_history
from patients.models import ContactPoint, ContactSystem, Identifier, Language, NameToken, Patient, Sex
from patients.services import record_numbers
from patients.services.identity_numbers import GivenIdentifier


@dataclass(frozen=True)
class Newcomer:
    """A person as checked by whoever brings them: name cleaned, phones in E.164, numbers of the right shape."""

    name: str
    sex: str = Sex.UNKNOWN
    birth_date: datetime.date | None = None
    deceased_on: datetime.date | None = None
    phones: tuple[str, ...] = ()
    email: str = ""
    identifiers: tuple[GivenIdentifier, ...] = ()
    language: str = Language.CHINESE
    note: str = ""
    created_at: datetime.datetime | None = None


@transaction.atomic
def register_many(newcomers: Sequence[Newcomer], *, by: User, reason: str = "") -> list[Patient]:
    """Register all or none, in the order given. Looks for nobody alike and checks no value: the caller did.

    Raises IntegrityError when a number belongs to somebody already. About a thousand at a time keeps memory flat.
    """
    with acting(by, reason):
        numbers = record_numbers.fresh(len(newcomers))
        patients = [_patient(one, number, by) for one, number in zip(newcomers, numbers, strict=True)]
        patients = bulk_create_with_history(patients, Patient)
        pairs = list(zip(patients, newcomers, strict=True))
        NameToken.objects.bulk_create(NameToken.built_for(patients))
        add_contacts([point for patient, one in pairs for point in _contacts(patient, one, by)])
        add_identifiers([(patient, given) for patient, one in pairs for given in one.identifiers], by=by)
    return patients


def add_contacts(points: list[ContactPoint]) -> None:
    """Store contact points with their history, inside the caller's transaction."""
    if points:
        bulk_create_with_history(points, ContactPoint)


def add_identifiers(given: list[tuple[Patient, GivenIdentifier]], *, by: User) -> None:
    """Store checked numbers with their history, inside the caller's transaction."""
    rows = [_identifier(patient, one, by) for patient, one in given]
    if rows:
        bulk_create_with_history(rows, Identifier)


def _patient(one: Newcomer, record_number: str, by: User) -> Patient:
    patient = Patient(
        record_number=record_number,
        sex=one.sex,
        birth_date=one.birth_date,
        deceased_on=one.deceased_on,
        language=one.language,
        note=one.note,
        created_at=one.created_at or clock.now(),
        created_by=by,
    )
    patient.rename(one.name)
    return patient


def _contacts(patient: Patient, one: Newcomer, by: User) -> Iterator[ContactPoint]:
    reached = [(ContactSystem.PHONE, phone) for phone in one.phones]
    reached += [(ContactSystem.EMAIL, one.email)] if one.email else []
    for rank, (system, value) in enumerate(reached, start=1):
        point = ContactPoint(patient=patient, system=system, rank=rank, created_by=by)
        point.reach_at(value)
        yield point


def _identifier(patient: Patient, given: GivenIdentifier, by: User) -> Identifier:
    identifier = Identifier(patient=patient, system=given.system, issuer=given.issuer, valid_until=given.valid_until)
    identifier.created_by = by
    identifier.seal(given.value)
    return identifier
