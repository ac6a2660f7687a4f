"""SIMULATION: the invented hospital, and runs in it that leave nothing behind."""

import datetime as dt
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.actors import system_user
from benchmarks import hospital
from benchmarks.quarter import outcomes, past
from benchmarks.quarter.hospital_days import WINDOW, Demand, Quarter
from benchmarks.quarter.odds import AHEAD, Person
from benchmarks.quarter.parts import Parts, prepare
from benchmarks.quarter.town import Town
from common import clock
from directory.models import HealthcareService, Site
from patients.models import ContactPoint, Patient
from scheduling.models import RiskModel
from scheduling.risk import weekly
from scheduling.services import pool, sessions

FIRST = dt.date(2027, 3, 1)  # a Monday


@dataclass(frozen=True)
class Size:
    """How large. days: from the one on which reminders begin; past: weeks of visits before it, without reminders."""

    days: int = 13 * 7
    past: int = 26
    practitioners: int = 1
    hours: tuple[int, int] = (8, 10)
    minutes: int = 15
    people: int = 150
    demand: Demand = field(default_factory=Demand)


@dataclass(frozen=True)
class Result:
    """weeks: the counts of each. drift: what `check_pool` found. done: by kind, what was sent,
    answered and called. model: what the program had learnt of the past before the first day."""

    weeks: list[Counter]
    drift: int
    done: Counter
    model: dict
    seconds: float = 0.0


def build(size: Size) -> User:
    """Practitioners of one department, their sessions and the patients, by the program's own services."""
    begin = FIRST - dt.timedelta(weeks=size.past)
    with patch.object(timezone, "now", lambda: clock.at_wall(begin, dt.time(1))):
        services = hospital.add_services(1, size.practitioners)
        Site.objects.update(max_per_day=1)  # so that a person and a day name a visit
        hospital.add_roster(services, [size.hours], minutes=size.minutes)
        last = FIRST + dt.timedelta(days=size.days + AHEAD[1] + WINDOW)
        sessions.generate(begin, last, by=system_user())
        hospital.add_patients(size.people)
        return User.objects.create(username="simulated desk", name="Desk", is_staff=True, is_superuser=True)


def run_all(size: Size, seed: int, which: Mapping[str, Parts], desk: User) -> Iterator[tuple[str, Result]]:
    """Each of these runs, from the same past. All that they wrote is taken back."""
    with taken_back():
        people = list(Patient.objects.order_by("pk"))
        without = [one.pk for number, one in enumerate(people) if not Person(seed, number).is_reachable]
        ContactPoint.objects.filter(patient__in=without).delete()
        past.write(Town(seed, people), desk, FIRST, size.demand.asked)
        for name, parts in which.items():
            with taken_back():
                yield name, _run(size, Town(seed, people), parts, desk)


@contextmanager
def taken_back() -> Iterator[None]:
    """Nothing that is written in here stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _run(size: Size, town: Town, parts: Parts, desk: User) -> Result:
    begun = time.perf_counter()
    quarter = Quarter(town, parts, desk, list(HealthcareService.objects.order_by("pk")), FIRST, size.demand)
    with quarter.clock():
        prepare(parts)
        weekly.run()
        model = RiskModel.objects.current()
        quarter.fill_book()
        quarter.run(size.days)
        outcomes.count(town, FIRST, FIRST + dt.timedelta(days=size.days - 1))
        drift = len(pool.check())
    weeks = [town.counts[FIRST + dt.timedelta(weeks=number)] for number in range(-(-size.days // 7))]
    learnt = {"kind": model.kind, "visits": model.visits, "card": _figures(model.card)} if model else {}
    return Result(weeks, drift, outcomes.done(), learnt, time.perf_counter() - begun)


def _figures(card: dict) -> dict:
    return {name: card.get(name) for name in ("lead_at_least_1", "lifts")}
