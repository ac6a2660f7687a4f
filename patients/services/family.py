"""Whom somebody on the portal may act for: themselves, their children, and adults who agreed by a code.

A guardian declares that a child is theirs; an adult agrees by a one-time code to their own phone and may end it at any
time. Each person has a consent of their own.
"""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from accounts.models import User
from common import clock
from common.history import acting
from patients.errors import FamilyFull, GrownUp, GuardianNeeded
from patients.models import ContactUse, Patient, Proof, RelatedPerson, Relation
from patients.services import portal_accounts, proxies
from patients.services.locking import lock
from patients.services.portal_accounts import Found, Papers

COUNTED = datetime.timedelta(days=90)
GROWN_UP = 18  # years
GUARDIANS = (Relation.PARENT, Relation.GUARDIAN, Relation.GRANDPARENT)  # what the acting person may be to a child


@dataclass(frozen=True)
class Member:
    """Somebody for whom a visit can be booked. related: None for oneself."""

    patient: Patient
    related: RelatedPerson | None = None

    @property
    def is_self(self) -> bool:
        return self.related is None


def members(person: Patient, on: datetime.date | None = None) -> list[Member]:
    """The person, then those they may book for and whose visits they may see, as they were added; one statement."""
    rows = RelatedPerson.objects.current(on).filter(
        proxy=person, can_book=True, can_view=True, patient__merged_into=None
    )
    return [Member(person), *(Member(row.patient, row) for row in rows.select_related("patient").order_by("pk"))]


def acting_for(person: Patient, on: datetime.date | None = None) -> list[RelatedPerson]:
    """Who may act for the person."""
    return list(RelatedPerson.objects.current(on).filter(patient=person).select_related("proxy").order_by("pk"))


def add_child(
    *, guardian: Patient, papers: Papers, relation: str, phone: str, by: User, at: datetime.datetime | None = None
) -> Found:
    """A child whose guardian `guardian` declares to be; phone: the guardian's, proved.

    Raises GrownUp, FamilyFull, and what `portal_accounts.check_papers` and `proxies.grant` raise.
    """
    if is_grown_up(papers.birth_date, at):
        raise GrownUp(field="birth_date")
    return _add(guardian, papers, phone, relation, Proof.DECLARED, by)


def add_adult(
    *, guardian: Patient, papers: Papers, phone: str, relation: str, by: User, at: datetime.datetime | None = None
) -> Found:
    """An adult whose phone was just proved by a code that they passed on.

    Raises as `check_adult`, and what `proxies.grant` raises.
    """
    check_adult(guardian=guardian, papers=papers, at=at)
    with transaction.atomic():
        found = _add(guardian, papers, phone, relation, Proof.CODE, by)
        portal_accounts.prove_phone(found.patient, phone, by, at or clock.now())
    return found


def check_adult(*, guardian: Patient, papers: Papers, at: datetime.datetime | None = None) -> None:
    """Before a code is sent: says nothing of whether the person is known.

    Raises GuardianNeeded for who cannot agree by themselves yet, FamilyFull, and what `portal_accounts.check_papers`
    raises.
    """
    portal_accounts.check_papers(papers)
    if not _is_of_age(papers.birth_date, portal_accounts.OWN_FROM, at):
        raise GuardianNeeded(field="birth_date")
    _check_room(guardian)


def is_grown_up(birth_date: datetime.date, at: datetime.datetime | None = None) -> bool:
    """Old enough to agree for themselves?"""
    return _is_of_age(birth_date, GROWN_UP, at)


def _is_of_age(birth_date: datetime.date, years: int, at: datetime.datetime | None) -> bool:
    age = Patient(birth_date=birth_date).age(clock.today(at))
    return age is not None and age >= years


def _check_room(guardian: Patient) -> None:
    """Who was added and removed lately counts too: else nobody's number would be limited."""
    lately = clock.now() - COUNTED
    added = RelatedPerson.objects.filter(proxy=guardian, proof__in=portal_accounts.ON_THE_PORTAL, created_at__gt=lately)
    if max(len(members(guardian)) - 1, added.count()) >= settings.MAX_FAMILY:
        raise FamilyFull(most=settings.MAX_FAMILY)


@transaction.atomic
def _add(guardian: Patient, papers: Papers, phone: str, relation: str, proof: str, by: User) -> Found:
    """The phone must stand on a known record: else papers that somebody found would open a stranger's visits."""
    portal_accounts.check_papers(papers)
    with acting(by):
        lock(guardian)
        _check_room(guardian)
        found = portal_accounts.find_or_register(
            papers, phone=phone, language=guardian.language, by=by, needs_phone=True,
            use=ContactUse.RELATIVE if proof == Proof.DECLARED else ContactUse.MOBILE,
        )  # fmt: skip
        proxies.grant(
            patient=found.patient, proxy=guardian, relation=relation, proof=proof, by=by, can_book=True, can_view=True
        )
    return found


def end(*, related: RelatedPerson, by: User, reason: str = "") -> RelatedPerson:
    """Neither books for the other any more. Raises ProxyEnded."""
    return proxies.end(related=related, by=by, reason=reason)
