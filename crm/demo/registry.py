"""Stores the invented people, with who acts for whom, consents and tags; a batch at a time, so memory stays flat."""

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_noop

from accounts.models import User
from common import clock
from common.history import acting, record_history
from patients.models import Consent, GivenBy, Patient, PatientTag, Proof, Purpose, RelatedPerson, Relation, Sex
from patients.services import bulk, merging

from .catalogue import Catalogue
from .people import Person, Town
from .staff import Staff

BATCH = 2_000
MONTH = dt.timedelta(days=30)
MOST_VISITORS = 40_000  # of a larger town only so many come in the weeks that the demo tells of
CONSENT_VERSION = "2026-1"
CONSENT_TEXT = "我同意医院以短信或电话提醒我就诊。 / I agree to be reminded of my visits by text message or phone."
PROOFS = {Relation.PARENT: Proof.BIRTH, Relation.CHILD: Proof.HOUSEHOLD}


@dataclass(slots=True)
class Visitor:
    """What the simulation knows of a patient, and what it learns."""

    pk: int
    born: dt.date
    is_female: bool
    visits: int = 0
    missed: int = 0
    ahead: int = 0
    days: set[dt.date] = field(default_factory=set)

    def age(self, on: dt.date) -> int:
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))


def make(count: int, *, seed: int, day: dt.date, staff: Staff, catalogue: Catalogue) -> list[Visitor]:
    """Register `count` people; returns those who may visit."""
    rng = random.Random(f"{seed}:registry")  # noqa: S311
    visitors: list[Visitor] = []
    for households in _batches(Town(seed, day).households(count)):
        people = [person for household in households for person in household]
        patients = bulk.register_many([person.newcomer for person in people], by=staff.desk, reason="demo")
        with acting(staff.desk, gettext_noop("demo")):
            _make_proxies(households, patients, staff.desk)
            _make_consents(patients, rng, staff.desk)
            _make_tags(households, patients, rng, catalogue, staff.desk, day)
        room = MOST_VISITORS - len(visitors)
        visitors += _visitors(patients, day)[: max(room, 0)]
    return visitors


def make_duplicates(visitors: list[Visitor], *, seed: int, day: dt.date, staff: Staff) -> None:
    """Some people were registered twice, and merged on the day before."""
    merged_at = clock.at_wall(day - dt.timedelta(days=1), dt.time(16))
    rng = random.Random(f"{seed}:duplicates")  # noqa: S311
    twice = rng.sample(visitors, min(len(visitors), max(2, len(visitors) // 3_000)))
    for visitor in twice:
        kept = Patient.objects.get(pk=visitor.pk)
        phones = tuple(kept.contact_points.values_list("value", flat=True))
        again = bulk.Newcomer(kept.name, kept.sex, kept.birth_date, phones=phones, created_at=kept.created_at + MONTH)
        merged = bulk.register_many([again], by=staff.desk, reason="demo")[0]
        merging.merge(kept=kept, merged=merged, by=staff.users["supervisor"], reason="重复建档", at=merged_at)


def _batches(households: Iterable[list[Person]]) -> Iterator[list[list[Person]]]:
    batch: list[list[Person]] = []
    size = 0
    for household in households:
        batch.append(household)
        size += len(household)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _make_proxies(households: list[list[Person]], patients: list[Patient], by: User) -> None:
    rows, first = [], 0
    for household in households:
        for position, person in enumerate(household):
            proxy = patients[first + position]
            rows += [_proxy(patients[first + other], proxy, relation, by) for other, relation in person.acts_for]
        first += len(household)
    _store(RelatedPerson, rows)


def _store(model: type[models.Model], rows: list) -> None:
    if rows:
        model.objects.bulk_create(rows)
        record_history(model.objects.filter(pk__in=[row.pk for row in rows]), "+")


def _proxy(patient: Patient, proxy: Patient, relation: str, by: User) -> RelatedPerson:
    """A parent's right ends when the child comes of age."""
    since = clock.today(max(patient.created_at, proxy.created_at))
    until = _birthday(patient.birth_date, 18) if relation == Relation.PARENT else None
    return RelatedPerson(
        patient=patient,
        proxy=proxy,
        relation=relation,
        proof=PROOFS[relation],
        can_view=True,
        starts_on=min(since, until) if until else since,
        ends_on=until,
        created_by=by,
    )


def _birthday(born: dt.date, years: int) -> dt.date:
    """Within three days, which is near enough for invented people and knows no 29 February."""
    return dt.date(born.year + years, born.month, min(born.day, 28))


def _make_consents(patients: list[Patient], rng: random.Random, by: User) -> None:
    rows = [
        _consent(patient, purpose, rng, by)
        for patient in patients
        for purpose, share in ((Purpose.REMINDERS, 0.9), (Purpose.MARKETING, 0.12))
        if rng.random() < share
    ]
    _store(Consent, rows)


def _consent(patient: Patient, purpose: str, rng: random.Random, by: User) -> Consent:
    given = patient.created_at + dt.timedelta(minutes=rng.randrange(1, 20))
    withdrawn = given + dt.timedelta(days=rng.randrange(1, 60)) if rng.random() < 0.02 else None
    return Consent(
        patient=patient,
        purpose=purpose,
        channel=rng.choices([GivenBy.COUNTER, GivenBy.PORTAL, GivenBy.PHONE, GivenBy.PAPER], [45, 35, 12, 8])[0],
        version=CONSENT_VERSION,
        text_shown=CONSENT_TEXT,
        given_at=given,
        withdrawn_at=withdrawn,
        by=by,
    )


def _make_tags(
    households: list[list[Person]],
    patients: list[Patient],
    rng: random.Random,
    catalogue: Catalogue,
    by: User,
    day: dt.date,
) -> None:
    rows, first = [], 0
    for household in households:
        for position, person in enumerate(household):
            patient = patients[first + position]
            codes = _codes(patient.age(day) or 0, person, household, rng, day)
            rows += [PatientTag(patient=patient, tag=catalogue.tags[code], by=by) for code in codes]
        first += len(household)
    _store(PatientTag, rows)


def _codes(age: int, person: Person, household: list[Person], rng: random.Random, day: dt.date) -> Iterator[str]:
    if rng.random() < (0.06 if age >= 75 else 0.004):
        yield "wheelchair"
    if age >= 70 and rng.random() < 0.1:
        yield "hearing"
    if rng.random() < (0.35 if age >= 60 else 0.15 if age >= 45 else 0.02):
        yield "chronic"
    if 23 <= age < 60 and rng.random() < 0.2:
        yield "office-hours"
    children = [household[other].newcomer.birth_date for other, what in person.acts_for if what == Relation.PARENT]
    if any(day - born < dt.timedelta(days=3 * 365) for born in children):
        yield "small-child"


def _visitors(patients: list[Patient], day: dt.date) -> list[Visitor]:
    """Everybody but the dead and those registered only lately."""
    since = clock.at_wall(day - dt.timedelta(days=88), dt.time.min)
    return [
        Visitor(patient.pk, patient.birth_date, patient.sex == Sex.FEMALE)
        for patient in patients
        if patient.deceased_on is None and patient.created_at < since
    ]
