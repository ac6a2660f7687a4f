"""Restricting somebody after missed visits, by the written policy; lifting it, objecting to it, deciding.

A person imposes it: no job calls `impose`. Every change also writes `Patient.barred_until`, which booking reads with
the patient whom it locks anyway. The patient is locked first (docs/locking.md).
"""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Count, F
from django.utils.translation import gettext

from accounts.models import User
from accounts.models.user import Kind
from common import clock
from common.errors import NotAllowed, ReasonRequired
from common.history import acting
from patients.models import Patient
from scheduling.errors import (
    AlreadyAppealed,
    AlreadyRestricted,
    NoAppeal,
    NotYourOwn,
    PolicyMissing,
    RestrictionLength,
    RestrictionOver,
    TooFewAbsences,
)
from scheduling.models import Absence, BookingRestriction, NoShowPolicy
from scheduling.models.restriction import Outcome

from . import noshow_policies

IMPOSE = "scheduling.impose_bookingrestriction"


def reached(policy: NoShowPolicy, at: dt.datetime) -> dict[int, int]:
    """Patient -> unexcused absences, of those whom the policy allows to be restricted at `at`."""
    whose = F("appointment__patient")
    rows = Absence.objects.counting_for(policy, at).values(patient=whose).annotate(n=Count("pk"))
    many = dict(rows.filter(n__gte=policy.absences).values_list("patient", "n"))
    held = BookingRestriction.objects.running(at).filter(patient__in=many).values_list("patient", flat=True)
    return {patient: n for patient, n in many.items() if patient not in set(held)}


def visits_of(patients: Collection[int], policy: NoShowPolicy, at: dt.datetime) -> dict[int, list[dt.datetime]]:
    """Patient -> when the missed visits were on which a restriction would rest, the oldest first."""
    rows = Absence.objects.counting_for(policy, at).filter(appointment__patient__in=patients)
    found: dict[int, list[dt.datetime]] = {}
    named = rows.order_by("appointment__starts_at").values_list("appointment__patient", "appointment__starts_at")
    for patient, starts_at in named:
        found.setdefault(patient, []).append(starts_at)
    return found


@transaction.atomic
def impose(
    *, patient: Patient, by: User, days: int | None = None, note: str = "", at: dt.datetime | None = None
) -> BookingRestriction:
    """The patient may not book by themselves from now on, for `days` or as long as the policy in use allows.

    Raises NotAllowed, PolicyMissing, RestrictionLength, AlreadyRestricted, TooFewAbsences.
    """
    at = at or clock.now()
    if not by.has_perm(IMPOSE):
        raise NotAllowed
    policy = noshow_policies.live()
    if policy is None:
        raise PolicyMissing
    length = policy.restrict_days if days is None else days
    if not 1 <= length <= policy.restrict_days:
        raise RestrictionLength(field="days", most=policy.restrict_days)
    with acting(by, note):
        return _impose(_locked(patient), policy, by, at, at + dt.timedelta(days=length), note)


def _impose(
    person: Patient, policy: NoShowPolicy, by: User, at: dt.datetime, until: dt.datetime, note: str
) -> BookingRestriction:
    if BookingRestriction.objects.running(at).filter(patient=person).exists():
        raise AlreadyRestricted(field="patient")
    absences = list(Absence.objects.counting_for(policy, at).filter(appointment__patient=person))
    if len(absences) < policy.absences:
        raise TooFewAbsences(field="patient", n=len(absences), needed=policy.absences)
    made = BookingRestriction.objects.create(
        patient=person, policy=policy, starts_at=at, until=until, by=by, note=note.strip()[:200]
    )
    made.absences.set(absences)
    _tell_booking(made, at)
    return made


@transaction.atomic
def lift(
    *, restriction: BookingRestriction, reason: str, by: User, at: dt.datetime | None = None
) -> BookingRestriction:
    """It ends now. Raises NotAllowed, ReasonRequired, RestrictionOver."""
    at = at or clock.now()
    if not by.has_perm(IMPOSE):
        raise NotAllowed
    _require(reason)
    with acting(by, reason):
        return _lift(_running(restriction, at), reason, by, at)


@transaction.atomic
def appeal(
    *, restriction: BookingRestriction, text: str, by: User, at: dt.datetime | None = None
) -> BookingRestriction:
    """The patient objects: the restriction is suspended until somebody has decided, at the latest on its due date.

    by: who wrote it down; for a patient on a page of ours, the system. Raises NotAllowed, ReasonRequired,
    RestrictionOver, AlreadyAppealed.
    """
    at = at or clock.now()
    if by.kind == Kind.STAFF and not by.has_perm("scheduling.appeal_bookingrestriction"):
        raise NotAllowed
    _require(text, "text")
    with acting(by):
        fresh = _running(restriction, at)
        if fresh.appealed_at:
            raise AlreadyAppealed
        fresh.appealed_at, fresh.appeal_text, fresh.appeal_by = at, text.strip()[:1000], by
        fresh.appeal_due_at = at + dt.timedelta(days=fresh.policy.appeal_days)
        return _saved(fresh, at)


@transaction.atomic
def decide(
    *, restriction: BookingRestriction, outcome: str, reason: str, by: User, at: dt.datetime | None = None
) -> BookingRestriction:
    """Somebody other than who imposed it decides the appeal: it stays until its end, or is lifted.

    Raises NotAllowed, ReasonRequired, NotYourOwn, RestrictionOver, NoAppeal.
    """
    at = at or clock.now()
    if not by.has_perm("scheduling.decide_bookingrestriction"):
        raise NotAllowed
    _require(reason)
    with acting(by, reason):
        fresh = _running(restriction, at)
        if not fresh.has_open_appeal:
            raise NoAppeal
        if fresh.by_id == by.pk:
            raise NotYourOwn
        fresh.decided_at, fresh.decided_by = at, by
        fresh.outcome, fresh.decision_reason = Outcome(outcome), reason.strip()[:200]
        return _lift(fresh, reason, by, at) if outcome == Outcome.LIFTED else _saved(fresh, at)


@transaction.atomic
def fall(*, patient: Patient, reason: str, by: User, at: dt.datetime) -> None:
    """Lift what rests on fewer absences than its policy asks for, after one was excused or was none."""
    for held in BookingRestriction.objects.running(at).filter(patient=patient).select_related("policy"):
        if held.absences.unexcused().count() < held.policy.absences:
            _lift(_running(held, at), reason or gettext("It was no absence."), by, at)


def _lift(fresh: BookingRestriction, reason: str, by: User, at: dt.datetime) -> BookingRestriction:
    fresh.lifted_at, fresh.lifted_by, fresh.lift_reason = at, by, reason.strip()[:200]
    return _saved(fresh, at)


def _saved(fresh: BookingRestriction, at: dt.datetime) -> BookingRestriction:
    fresh.save()
    _tell_booking(fresh, at)
    return fresh


def _tell_booking(fresh: BookingRestriction, at: dt.datetime) -> None:
    stands = BookingRestriction.objects.standing(at).filter(pk=fresh.pk).exists()
    person = Patient.objects.get(pk=fresh.patient_id)
    person.barred_until = fresh.until if stands else None
    person.save(update_fields=["barred_until", "changed_at"])


def _require(words: str, field: str = "reason") -> None:
    if not words.strip():
        raise ReasonRequired(field=field)


def _locked(patient: Patient) -> Patient:
    return Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)


def _running(restriction: BookingRestriction, at: dt.datetime) -> BookingRestriction:
    """As it stands now, after its patient was locked. Raises RestrictionOver."""
    _locked(restriction.patient)
    rows = BookingRestriction.objects.running(at).select_for_update(of=("self",)).select_related("policy")
    fresh = rows.filter(pk=restriction.pk).first()
    if fresh is None:
        raise RestrictionOver
    return fresh
