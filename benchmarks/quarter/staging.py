"""The invented hospital of a simulation, and one run in it that leaves nothing behind."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from accounts.services.actors import system_user
from benchmarks import hospital
from benchmarks.quarter.hospital_days import AHEAD, Quarter, outcomes
from benchmarks.quarter.odds import Person
from benchmarks.quarter.parts import Parts, prepare
from directory.models import HealthcareService, Site
from patients.models import ContactPoint, Patient
from scheduling.models import Appointment
from scheduling.services import pool, sessions

FIRST = dt.date(2027, 3, 1)  # a Monday


@dataclass(frozen=True)
class Size:
    """How large. weeks: that are run; warm: of them left out at the beginning, while the book fills."""

    weeks: int = 13
    warm: int = 2
    departments: int = 1
    practitioners: int = 2  # of each department
    hours: tuple[int, int] = (8, 10)
    minutes: int = 15
    people: int = 300


@dataclass(frozen=True)
class Result:
    """weeks: the counts of each week that counts. drift: what `check_pool` found."""

    weeks: list[Counter]
    drift: int
    visits: int


def build(size: Size) -> User:
    """Departments, practitioners, their sessions and the patients, by the program's own services."""
    services = hospital.add_services(size.departments, size.practitioners)
    Site.objects.update(max_per_day=1)  # so that a person and a day name a visit
    hospital.add_roster(services, [size.hours], minutes=size.minutes)
    last = FIRST + dt.timedelta(days=7 * size.weeks + AHEAD[1] + 1)
    sessions.generate(FIRST, last, by=system_user())
    hospital.add_patients(size.people)
    return User.objects.create(username="simulated desk", name="Desk", is_staff=True, is_superuser=True)


@transaction.atomic
def run(size: Size, seed: int, parts: Parts, desk: User) -> Result:
    """One run. All that it wrote is taken back, so that the next begins in the same hospital."""
    people = list(Patient.objects.order_by("pk"))
    without = [one.pk for number, one in enumerate(people) if not Person(seed, number).is_reachable]
    ContactPoint.objects.filter(patient__in=without).delete()
    prepare(parts)
    quarter = Quarter(seed, parts, desk, people, list(HealthcareService.objects.order_by("pk")), FIRST)
    quarter.run(7 * size.weeks)
    outcomes(quarter)
    mondays = [FIRST + dt.timedelta(weeks=number) for number in range(size.warm, size.weeks)]
    weeks = [quarter.counts[monday] for monday in mondays]
    result = Result(weeks, len(pool.check()), Appointment.objects.count())
    transaction.set_rollback(True)
    return result
