"""Phones and addresses of a person: added, replaced, proved, refused, given up."""

import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from common import clock, phones
from common.errors import ReasonRequired
from common.history import acting
from patients.errors import ContactEnded, ContactKnown, EmailInvalid, PhoneInvalid
from patients.models import ContactPoint, ContactSystem, ContactUse, Patient
from patients.services import account_ending
from patients.services.locking import lock


def stored_form(system: str, value: str) -> str:
    """A number or address as it is kept. Raises PhoneInvalid, EmailInvalid."""
    if system == ContactSystem.PHONE:
        return _phone(value)
    if system == ContactSystem.EMAIL:
        return _email(value)
    return value.strip()


@transaction.atomic
def add(
    *,
    patient: Patient,
    value: str,
    by: User,
    system: str = ContactSystem.PHONE,
    use: str = ContactUse.MOBILE,
    rank: int | None = None,
    note: str = "",
) -> ContactPoint:
    """Record a way to reach the patient, behind the known ones unless `rank` says otherwise (1 is tried first).

    Raises PhoneInvalid, EmailInvalid, ContactKnown, RecordMerged.
    """
    stored = stored_form(system, value)
    with acting(by):
        fresh = lock(patient)
        live = fresh.contact_points.live().filter(system=system)
        if live.filter(value=stored).exists():
            raise ContactKnown(field=system)
        return create(fresh, stored, by=by, system=system, use=use, rank=rank or live.count() + 1, note=note)


@transaction.atomic
def change_phone(*, contact_point: ContactPoint, phone: str, by: User, reason: str = "") -> ContactPoint:
    """Replace a phone: the old one is ended, the new one takes its rank and is not proved yet.

    Raises PhoneInvalid, ContactKnown, ContactEnded, RecordMerged.
    """
    stored = _phone(phone)
    with acting(by, reason):
        patient, old = lock(contact_point.patient), _locked(contact_point)
        if patient.contact_points.live().filter(value=stored).exists():
            raise ContactKnown(field="phone")
        _set(old, ended_at=clock.now())
        account_ending.of_phone(patient, old.value, clock.now())
        return create(patient, stored, by=by, use=old.use, rank=old.rank, note=old.note)


@transaction.atomic
def verify(*, contact_point: ContactPoint, by: User, at: datetime.datetime | None = None) -> ContactPoint:
    """The person proved that this reaches them, by a one-time code or by answering. Raises ContactEnded."""
    with acting(by):
        return _set(_locked(contact_point), verified_at=at or clock.now(), failed_at=None)


@transaction.atomic
def refuse(*, contact_point: ContactPoint, by: User, reason: str, at: datetime.datetime | None = None) -> ContactPoint:
    """The person does not want to be reached here. Raises ReasonRequired, ContactEnded."""
    if not reason.strip():
        raise ReasonRequired
    with acting(by, reason):
        return _set(_locked(contact_point), refused_at=at or clock.now())


@transaction.atomic
def accept(*, contact_point: ContactPoint, by: User) -> ContactPoint:
    """The person wants to be reached here again. Raises ContactEnded."""
    with acting(by):
        return _set(_locked(contact_point), refused_at=None)


@transaction.atomic
def mark_failed(*, contact_point: ContactPoint, by: User, reason: str, at: datetime.datetime | None = None) -> None:
    """It reaches nobody, or somebody else: said by the network, or by who answered. A point that was ended, or is
    known not to work, stays as it is."""
    with acting(by, reason):
        fresh = ContactPoint.objects.select_for_update().get(pk=contact_point.pk)
        if fresh.ended_at is None and fresh.failed_at is None:
            _set(fresh, failed_at=at or clock.now())


@transaction.atomic
def mark_working(*, contact_point: ContactPoint, by: User, reason: str = "") -> ContactPoint:
    """It reaches the person after all. Raises ContactEnded."""
    with acting(by, reason):
        return _set(_locked(contact_point), failed_at=None)


@transaction.atomic
def end(
    *, contact_point: ContactPoint, by: User, reason: str = "", at: datetime.datetime | None = None
) -> ContactPoint:
    """Not in use any more; it stays on record. Who signs in on the portal with it is out. Raises ContactEnded."""
    at = at or clock.now()
    with acting(by, reason):
        account_ending.of_phone(contact_point.patient, contact_point.value, at)
        return _set(_locked(contact_point), ended_at=at)


def create(
    patient: Patient,
    stored: str,
    *,
    by: User,
    system: str = ContactSystem.PHONE,
    use: str = ContactUse.MOBILE,
    rank: int = 1,
    note: str = "",
) -> ContactPoint:
    """Store a value in stored form for a locked or new patient, inside the caller's transaction."""
    point = ContactPoint(patient=patient, system=system, use=use, rank=rank, note=note, created_by=by)
    point.reach_at(stored)
    point.save()
    return point


def _locked(point: ContactPoint) -> ContactPoint:
    fresh = ContactPoint.objects.select_for_update().get(pk=point.pk)
    if fresh.ended_at is not None:
        raise ContactEnded
    return fresh


def _set(point: ContactPoint, **changes: datetime.datetime | None) -> ContactPoint:
    for field, value in changes.items():
        setattr(point, field, value)
    point.save(update_fields=list(changes))
    return point


def _phone(value: str) -> str:
    try:
        return phones.normalise(value)
    except phones.NotAPhone as error:
        raise PhoneInvalid(field="phone") from error


def _email(value: str) -> str:
    address = value.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise EmailInvalid(field="email") from error
    return address
