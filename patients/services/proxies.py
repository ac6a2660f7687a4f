"""Who may act for whom."""

import datetime

from django.db import transaction

from accounts.models import User
from common import clock
from common.history import acting
from patients.errors import ProxyEnded, ProxyEndsBeforeStart, ProxyExists, ProxyIsSelf, ProxyWithoutRights
from patients.models import Patient, RelatedPerson
from patients.services.locking import lock


@transaction.atomic
def grant(
    *,
    patient: Patient,
    proxy: Patient,
    relation: str,
    proof: str,
    by: User,
    proof_note: str = "",
    can_book: bool = True,
    can_view: bool = False,
    starts_on: datetime.date | None = None,
    ends_on: datetime.date | None = None,
) -> RelatedPerson:
    """`proxy` may act for `patient` from `starts_on` (default today) to `ends_on`, its last day (default: until ended).

    Raises ProxyIsSelf, ProxyWithoutRights, ProxyEndsBeforeStart, ProxyExists, RecordMerged.
    """
    starts_on = starts_on or clock.today()
    _check(patient, proxy, can_book or can_view, starts_on, ends_on)
    with acting(by):
        acted_for = lock(patient)
        if RelatedPerson.objects.filter(patient=acted_for, proxy=proxy).overlapping(starts_on, ends_on).exists():
            raise ProxyExists
        related = RelatedPerson(patient=acted_for, proxy=proxy, relation=relation, proof=proof, proof_note=proof_note)
        related.can_book, related.can_view = can_book, can_view
        related.starts_on, related.ends_on, related.created_by = starts_on, ends_on, by
        related.save()
    return related


@transaction.atomic
def end(*, related: RelatedPerson, by: User, reason: str = "", at: datetime.datetime | None = None) -> RelatedPerson:
    """The right ends at once; it stays on record. Raises ProxyEnded."""
    at = at or clock.now()
    with acting(by, reason):
        fresh = RelatedPerson.objects.select_for_update().get(pk=related.pk)
        if fresh.ended_at is not None or (fresh.ends_on and fresh.ends_on < clock.today(at)):
            raise ProxyEnded
        fresh.ended_at = at
        fresh.save(update_fields=["ended_at"])
    return fresh


def may_book_for(*, proxy: Patient, patient: Patient, on: datetime.date | None = None) -> bool:
    """May `proxy` book and cancel for `patient` on a day? Everybody may for themselves."""
    return proxy == patient or patient.proxies.current(on).filter(proxy=proxy, can_book=True).exists()


def _check(
    patient: Patient, proxy: Patient, has_right: bool, starts_on: datetime.date, ends_on: datetime.date | None
) -> None:
    if patient == proxy:
        raise ProxyIsSelf(field="proxy")
    if not has_right:
        raise ProxyWithoutRights(field="can_book")
    if ends_on and ends_on < starts_on:
        raise ProxyEndsBeforeStart(field="ends_on")
