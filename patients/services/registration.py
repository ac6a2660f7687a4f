"""New people, and corrections to those we know."""

import copy
import datetime
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from common import clock, names
from common.history import acting
from patients.errors import BirthDateImpossible, DeathImpossible, LooksAlike, NameMissing
from patients.models import ContactSystem, Language, NameToken, Patient, Sex
from patients.services import contacts, identity_numbers, lookalikes, record_numbers
from patients.services import identifiers as numbers
from patients.services.identity_numbers import GivenIdentifier, Told
from patients.services.locking import lock

OLDEST = 130  # years
EDITABLE = ("name", "sex", "birth_date", "deceased_on", "language", "note")


def register(
    *,
    name: str,
    by: User,
    sex: str = Sex.UNKNOWN,
    birth_date: datetime.date | None = None,
    phones: Iterable[str] = (),
    email: str = "",
    identifiers: Iterable[GivenIdentifier] = (),
    language: str = Language.CHINESE,
    note: str = "",
    confirm_not_duplicate: bool = False,
) -> Patient:
    """Register a person. An identity card among `identifiers` fills in a missing birth date and sex.

    phones: as typed, the best first. Raises LooksAlike with the candidates unless `confirm_not_duplicate`, and
    NameMissing, BirthDateImpossible, PhoneInvalid, EmailInvalid, IdentifierInvalid, IdentifierMismatch,
    IdentifierTaken.
    """
    given = list(identifiers)
    told = _told(given, birth_date, sex)
    patient = Patient(birth_date=birth_date or told.birth_date, sex=_sex(sex, told), language=language, note=note)
    patient.created_by = by
    _name(patient, name)
    check_dates(patient)
    reached = _reached(phones, email)
    numbers.refuse_taken(given)
    if not confirm_not_duplicate:
        _refuse_lookalikes(patient, [value for system, value in reached if system == ContactSystem.PHONE], given)
    return _store(patient, reached, given, by)


@transaction.atomic
def update(*, patient: Patient, by: User, reason: str = "", **changes: Any) -> Patient:
    """Correct what is known of a person: any of EDITABLE. A new name is found from now on, the old one is not.

    Raises NameMissing, BirthDateImpossible, DeathImpossible, IdentifierMismatch, RecordMerged.
    """
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {', '.join(sorted(unknown))}")
    with acting(by, reason):
        fresh = lock(patient)
        renamed = _apply(fresh, changes)
        fresh.save()
        if renamed:
            retoken(fresh)
    return fresh


def check_changes(patient: Patient, **changes: Any) -> None:
    """Raises what `update` would refuse; changes nothing, neither stored nor in memory."""
    _apply(copy.copy(patient), changes)


def retoken(patient: Patient) -> None:
    """Replace the words by which the patient is found."""
    NameToken.objects.filter(patient=patient).delete()
    NameToken.objects.bulk_create(NameToken.built_for([patient]))


def check_dates(patient: Patient) -> None:
    """Raises BirthDateImpossible, DeathImpossible. One day of grace: at sea the date is another."""
    today = clock.today()
    born, died = patient.birth_date, patient.deceased_on
    if born and (born > today + datetime.timedelta(days=1) or born.year < today.year - OLDEST):
        raise BirthDateImpossible(field="birth_date")
    if died and (died > today or (born and died < born)):
        raise DeathImpossible(field="deceased_on")


def _told(given: list[GivenIdentifier], birth_date: datetime.date | None, sex: str) -> Told:
    told = Told()
    for one in given:
        says = identity_numbers.check(one)
        identity_numbers.agree(says, birth_date, sex)
        told = says if says.birth_date else told
    return told


def _sex(sex: str, told: Told) -> str:
    return told.sex if sex == Sex.UNKNOWN else sex


def _name(patient: Patient, name: str) -> None:
    cleaned = names.clean(name)
    if not cleaned or not names.tokens(cleaned):
        raise NameMissing(field="name")
    patient.rename(cleaned)


def _reached(phones: Iterable[str], email: str) -> list[tuple[str, str]]:
    typed = [(ContactSystem.PHONE, phone) for phone in phones if phone.strip()]
    typed += [(ContactSystem.EMAIL, email)] if email.strip() else []
    return list(dict.fromkeys((system, contacts.stored_form(system, value)) for system, value in typed))


def _refuse_lookalikes(patient: Patient, phones: list[str], given: list[GivenIdentifier]) -> None:
    alike = lookalikes.find(name=patient.name, birth_date=patient.birth_date, phones=phones, identifiers=given)
    if alike:
        raise LooksAlike(alternatives=alike)


def _store(patient: Patient, reached: list[tuple[str, str]], given: list[GivenIdentifier], by: User) -> Patient:
    patient.record_number = record_numbers.fresh()[0]
    try:
        with transaction.atomic(), acting(by):
            patient.full_clean(exclude=["created_by"], validate_unique=False, validate_constraints=False)
            patient.save()
            NameToken.objects.bulk_create(NameToken.built_for([patient]))
            for rank, (system, value) in enumerate(reached, start=1):
                contacts.create(patient, value, by=by, system=system, rank=rank)
            numbers.create_all(patient, given, by)
    except IntegrityError:  # somebody registered the same number in the meantime
        numbers.refuse_taken(given)
        raise
    return patient


def _apply(patient: Patient, changes: dict[str, Any]) -> bool:
    """Set the changes and check the whole; True when the name became another."""
    before = patient.name
    for field, value in changes.items():
        if field == "name":
            _name(patient, value)
        else:
            setattr(patient, field, value)
    check_dates(patient)
    if {"birth_date", "sex"} & set(changes):
        identity_numbers.agree(numbers.resident_told(patient), patient.birth_date, patient.sex)
    return patient.name != before
