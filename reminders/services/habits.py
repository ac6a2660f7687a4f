"""A person's own hour and channel: where they answered before; else where their age group does; else the step's.

Only inside the day of the step and the hours of sending, and only for steps a day or more ahead: what comes close to
the visit must not wait for a better hour. The channel is moved to the front, if the step has it at all.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from common import clock
from messaging import kinds
from messaging.models import Delivery, Medium, SendingRule
from messaging.models.rule import Priority
from patients.models import Patient
from reminders.models import AgeGroup, Habit
from reminders.rung import NOT_LATER, Rung

LOOK_BACK = dt.timedelta(days=365)
SOON = dt.timedelta(days=2)  # an answer that comes later says nothing about the hour of the message
PERSON, GROUP = 2, 30  # answers that make a habit
AHEAD = 24  # hours before the visit from which on a step may move
BATCH = 2_000
OWN, AGE = "own_hour", "age_hour"  # notes on the delivery: `kinds.shared.REASONS`
WRITTEN = 1_000  # rows of one statement


@dataclass(slots=True)  # not frozen: a million are made
class Suited:
    """A rung at the hour and by the channels that suit the person. note: why, "" when the step's own are kept."""

    rung: Rung
    due_at: dt.datetime
    media: list[str]
    note: str = ""


def suit(rungs: Iterable[Rung]) -> Iterator[Suited]:
    """Each rung for its person; reads the people of some at a time."""
    rule = SendingRule.objects.get(priority=Priority.REMINDER)
    groups = {one.age_group: one for one in Habit.objects.exclude(age_group="")}
    source = iter(rungs)
    while some := list(islice(source, BATCH)):
        people = [rung.patient for rung in some]
        own = {one.patient_id: one for one in Habit.objects.filter(patient__in=people)}
        ages = _groups_of(people) if groups else {}
        for rung in some:
            yield _suit(rung, own.get(rung.patient), groups.get(ages.get(rung.patient, "")), rule)


def _suit(rung: Rung, own: Habit | None, group: Habit | None, rule: SendingRule) -> Suited:
    media, habit = rung.step.media.split(), own or group
    if habit is None or rung.step.hours_before < AHEAD:
        return Suited(rung, rung.due_at, media)
    due = clock.at_wall(clock.local(rung.due_at).date(), dt.time(habit.hour))
    if rule.opening(due) != due or due >= rung.starts_at - NOT_LATER:
        due = rung.due_at
    media = sorted(media, key=lambda medium: medium != habit.medium)  # stable: the others keep their order
    return Suited(rung, due, media, OWN if own else AGE)


def _groups_of(people: list[int]) -> dict[int, str]:
    births = Patient.objects.filter(pk__in=people, birth_date__isnull=False).values_list("pk", "birth_date")
    return {pk: group_of(birth) for pk, birth in births}


def group_of(birth: dt.date) -> str:
    """The age group today."""
    age = (clock.today() - birth).days // 365.2425
    return max((group for group in AgeGroup.values if int(group) <= age), key=int, default=AgeGroup.YOUNG.value)


def learn(at: dt.datetime | None = None) -> int:
    """Learn the habits anew from the answers of the last year; returns how many there are. Repeatable."""
    at = at or clock.now()
    people, groups = _read(at)
    found = [_habit(votes, at, patient_id=pk) for pk, votes in people.items() if votes.total() >= PERSON]
    found += [_habit(votes, at, age_group=name) for name, votes in groups.items() if votes.total() >= GROUP]
    with transaction.atomic():
        Habit.objects.all().delete()
        Habit.objects.bulk_create(found, batch_size=WRITTEN)
    return len(found)


def _read(at: dt.datetime) -> tuple[dict[int, Counter], dict[str, Counter]]:
    """Votes of persons and of age groups: (hour, medium) -> answers."""
    rows = Delivery.objects.filter(
        kind__in=kinds.asking(), answered_at__isnull=False, sent_at__gte=at - LOOK_BACK, medium__in=Medium.values
    )
    people: dict[int, Counter] = defaultdict(Counter)
    groups: dict[str, Counter] = defaultdict(Counter)
    named = rows.order_by().values_list("patient", "medium", "sent_at", "answered_at", "patient__birth_date")
    for patient, medium, sent_at, answered_at, birth in named.iterator(chunk_size=BATCH):
        if answered_at - sent_at > SOON:
            continue
        vote = clock.local(answered_at).hour, medium
        people[patient][vote] += 1
        if birth:
            groups[group_of(birth)][vote] += 1
    return people, groups


def _habit(votes: Counter, at: dt.datetime, **whose: object) -> Habit:
    """The most frequent hour and the most frequent channel, each for itself."""
    hours, media = Counter(), Counter()
    for (hour, medium), n in votes.items():
        hours[hour] += n
        media[medium] += n
    return Habit(
        hour=hours.most_common(1)[0][0], medium=media.most_common(1)[0][0], answers=votes.total(), learnt_at=at, **whose
    )
