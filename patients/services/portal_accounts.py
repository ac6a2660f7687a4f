"""Signing in to the patient portal, and showing which record is one's own.

The phone is proved first, by a one-time code (`accounts.services.one_time_codes`). The record is found by a number on
a document, or by the proved phone when it stands on the record; name and birth date must agree with it each time. What
does not agree is answered like somebody unknown: a record of its own is registered, and staff compare (`doubt`). So
nobody learns here whether a number is known to us, and nobody is sent away because of a slip in our records.
"""

import datetime
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.models.access import Action
from accounts.services import access
from common import clock, names
from common.history import acting
from patients.errors import AccountEnded, AccountLinked, GuardianNeeded, IdentifierTaken, RecordLinkedElsewhere
from patients.models import (
    ContactPoint,
    ContactSystem,
    ContactUse,
    Patient,
    PortalAccount,
    Proof,
    Purpose,
    RelatedPerson,
    Way,
)
from patients.services import consents, contacts, identifiers, identity_numbers, lookalikes, proxies, registration
from patients.services.identity_numbers import GivenIdentifier

ON_THE_PORTAL = (Proof.CODE, Proof.DECLARED)
OWN_FROM = 14  # years; below, a guardian agrees (PIPL, article 31)


@dataclass(frozen=True)
class Papers:
    """What somebody says of who they are. number: of a document; None when they have none at hand."""

    name: str
    birth_date: datetime.date
    number: GivenIdentifier | None = None
    sex: str = "unknown"


@dataclass(frozen=True)
class Found:
    """Whose record it is. doubt: other records that may be the same person, for staff to compare; perhaps empty."""

    patient: Patient
    way: str
    doubt: tuple[Patient, ...] = ()


def sign_in(*, phone: str, language: str, by: User, at: datetime.datetime | None = None) -> PortalAccount:
    """The account of a phone (E.164) that was just proved; made at the first time."""
    at = at or clock.now()
    with acting(by):
        account = _of_phone(phone, language, at)
    PortalAccount.objects.filter(pk=account.pk).update(signed_in_at=at)
    return account


def _of_phone(phone: str, language: str, at: datetime.datetime) -> PortalAccount:
    known = PortalAccount.objects.live().filter(phone=phone).first()
    if known:
        return known
    try:
        with transaction.atomic():
            return PortalAccount.objects.create(phone=phone, language=language, created_at=at)
    except IntegrityError:  # two tabs at once
        return PortalAccount.objects.live().get(phone=phone)


def link_by_phone(
    *, account: PortalAccount, papers: Papers, by: User, at: datetime.datetime | None = None
) -> Patient | None:
    """The one record with the proved phone, this name and this birth date is theirs; None when there is none such.

    Raises AccountLinked, AccountEnded, GuardianNeeded, RecordLinkedElsewhere, NameMissing, BirthDateImpossible.
    """
    _check(papers)
    with transaction.atomic(), acting(by):
        fresh = _unlinked(account)
        known = _with_phone(fresh.phone, papers) if fresh.may_guess else None
        if known is None:
            _count_wrong(fresh, by)
            return None
        return _link(fresh, Found(known, Way.PHONE), by, at or clock.now())


@transaction.atomic
def link(*, account: PortalAccount, papers: Papers, by: User, at: datetime.datetime | None = None) -> Found:
    """Whose record it is by their phone, else by their papers, else a new one.

    Raises as `link_by_phone`, and IdentifierInvalid, IdentifierMismatch.
    """
    _check(papers)
    with acting(by):
        fresh = _unlinked(account)
        found = find_or_register(
            papers, phone=fresh.phone, language=fresh.language, by=by, trusts_phone=fresh.may_guess
        )
        _link(fresh, found, by, at or clock.now())
    return found


def find_or_register(
    papers: Papers,
    *,
    phone: str,
    language: str,
    by: User,
    needs_phone: bool = False,
    trusts_phone: bool = True,
    use: str = ContactUse.MOBILE,
) -> Found:
    """The record that these papers name, or a new one. Inside the caller's transaction.

    needs_phone: a number on a document is not enough, the phone must stand on the record: for who speaks for others.
    trusts_phone: False when too many names and birth dates were tried with it. use: whose phone it is; a relative's
    opens the record of a child only.
    """
    known = _with_phone(phone, papers, use) if trusts_phone else None
    if known:
        return Found(known, Way.PHONE)
    owner = identifiers.owners([papers.number]).filter(merged_into=None).first() if papers.number else None
    if owner and agrees(owner, papers) and not needs_phone:
        return Found(owner, Way.PAPERS)
    others = [owner] if owner else _alike(papers, phone)
    number = [papers.number] if papers.number and not owner else []
    made = _register(papers, number, language, by)
    contacts.add(patient=made, value=phone, use=use, by=by)
    return Found(made, Way.REGISTERED, tuple(others))


def _with_phone(phone: str, papers: Papers, use: str = ContactUse.MOBILE) -> Patient | None:
    """The only record with this phone, name and birth date; of two alike neither.

    Not by a phone that reaches nobody any more, and a relative's only for who speaks as a relative.
    """
    points = ContactPoint.objects.live().phones().filter(value=phone, failed_at=None)
    if use != ContactUse.RELATIVE:
        points = points.exclude(use=ContactUse.RELATIVE)
    people = Patient.objects.active().filter(pk__in=points.values("patient"))
    owners = [one for one in people if agrees(one, papers)]
    return owners[0] if len(owners) == 1 else None


def _count_wrong(account: PortalAccount, by: User) -> None:
    """Who holds a phone that was somebody's must not try out names and birth dates with it."""
    if ContactPoint.objects.live().phones().filter(value=account.phone).exists():
        account.wrong_answers += 1  # its row is locked
        account.save(update_fields=["wrong_answers"])
        access.record(Action.FAILED_CHECK, by=by, kind="patients.portalaccount", subject=account.uuid)


def _register(papers: Papers, number: list[GivenIdentifier], language: str, by: User) -> Patient:
    known = {"name": papers.name, "birth_date": papers.birth_date, "sex": papers.sex, "language": language}
    try:
        return registration.register(**known, identifiers=number, by=by, confirm_not_duplicate=True)
    except IdentifierTaken:  # somebody registered the same number in this very moment
        return registration.register(**known, by=by, confirm_not_duplicate=True)


def agrees(patient: Patient, papers: Papers) -> bool:
    """Do name and birth date agree with the record of somebody alive?"""
    said, known = (names.fold(names.clean(name)).replace(" ", "") for name in (papers.name, patient.name))
    return patient.deceased_on is None and patient.birth_date == papers.birth_date and said == known


def end(*, account: PortalAccount, by: User, reason: str = "", at: datetime.datetime | None = None) -> PortalAccount:
    """Nobody signs in with it any more; the same phone may begin anew. Raises AccountEnded."""
    with transaction.atomic(), acting(by, reason):
        fresh = _live(account)
        fresh.ended_at, fresh.sessions = at or clock.now(), fresh.sessions + 1
        fresh.save(update_fields=["ended_at", "sessions"])
    return fresh


@transaction.atomic
def leave(*, account: PortalAccount, by: User, at: datetime.datetime | None = None) -> PortalAccount:
    """The person does not want the portal any more: consent and account end together. Raises AccountEnded."""
    ended, own = end(account=account, by=by, at=at), person_of(account)
    if own is not None:
        _end_proxies_of(own, by, at)
    if own is not None and own.consents.live().filter(purpose=Purpose.PORTAL).exists():
        consents.withdraw(patient=own, purpose=Purpose.PORTAL, by=by, at=at)
    return ended


def _end_proxies_of(person: Patient, by: User, at: datetime.datetime | None) -> None:
    """Nobody acts on the portal for who has left it."""
    for related in RelatedPerson.objects.current().filter(patient=person, proof__in=ON_THE_PORTAL):
        proxies.end(related=related, by=by, at=at)


def sign_out_everywhere(*, account: PortalAccount, by: User) -> PortalAccount:
    """Every browser that is signed in has to prove the phone anew. Raises AccountEnded."""
    with transaction.atomic(), acting(by):
        fresh = _live(account)
        fresh.sessions += 1
        fresh.save(update_fields=["sessions"])
    return fresh


def speak(*, account: PortalAccount, language: str, by: User) -> None:
    """Pages and messages to this account are in that language from now on. Raises AccountEnded."""
    with transaction.atomic(), acting(by):
        fresh = _live(account)
        fresh.language = language
        fresh.save(update_fields=["language"])


def person_of(account: PortalAccount) -> Patient | None:
    """Whose record the account is linked to: the kept one when it was merged."""
    own = account.patient
    while own is not None and own.merged_into_id:
        own = own.merged_into
    return own


def _check(papers: Papers) -> None:
    check_papers(papers)
    age = Patient(birth_date=papers.birth_date).age()
    if age is not None and age < OWN_FROM:
        raise GuardianNeeded(field="birth_date")


def check_papers(papers: Papers) -> None:
    """Raises IdentifierInvalid, IdentifierMismatch, NameMissing, BirthDateImpossible."""
    registration.check_changes(Patient(), name=papers.name)
    registration.check_dates(Patient(birth_date=papers.birth_date))
    if papers.number:
        identity_numbers.agree(identity_numbers.check(papers.number), papers.birth_date, papers.sex)


def _alike(papers: Papers, phone: str) -> list[Patient]:
    found = lookalikes.find(name=papers.name, birth_date=papers.birth_date, phones=[phone])
    return [one.patient for one in found]


def _live(account: PortalAccount) -> PortalAccount:
    fresh = PortalAccount.objects.live().select_for_update(of=("self",), no_key=True).filter(pk=account.pk).first()
    if fresh is None:
        raise AccountEnded
    return fresh


def _unlinked(account: PortalAccount) -> PortalAccount:
    fresh = _live(account)
    if fresh.patient_id:
        raise AccountLinked
    return fresh


def _link(account: PortalAccount, found: Found, by: User, at: datetime.datetime) -> Patient:
    account.patient, account.way, account.linked_at = found.patient, found.way, at
    try:
        with transaction.atomic():
            account.save(update_fields=["patient", "way", "linked_at"])
    except IntegrityError as error:
        raise RecordLinkedElsewhere from error
    prove_phone(found.patient, account.phone, by, at)
    return found.patient


def prove_phone(patient: Patient, phone: str, by: User, at: datetime.datetime) -> None:
    """The phone stands on the record, and is proved."""
    live = ContactPoint.objects.live().filter(patient=patient, system=ContactSystem.PHONE, value=phone)
    point = live.first() or contacts.add(patient=patient, value=phone, by=by)
    contacts.verify(contact_point=point, by=by, at=at)
