"""Makes the demo hospital, whole or not at all unless it is huge."""

import datetime as dt
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import transaction

from accounts.services.actors import system_user
from common.history import acting
from directory.models import Department, HealthcareService, Location, Practitioner, Site
from patients.models import Patient
from scheduling.models import Appointment, AppointmentEvent, Schedule, Session, Slot, WaitlistEntry
from scheduling.services import sessions
from visits.models import Encounter, QueueEntry

from . import catalogue, registry, roster, staff
from .arrivals import Arrivals
from .desk_work import DeskWork
from .missed import MissedVisits
from .visits import Simulation

WEEKS_BACK, WEEKS_AHEAD = 8, 4
WHOLE = 100_000  # patients; beyond it SQLite's log of one transaction slows each page that is read
COUNTED = [
    Site, Department, HealthcareService, Location, Practitioner, Schedule, Session, Slot, Patient, Appointment,
    AppointmentEvent, WaitlistEntry, QueueEntry, Encounter,
]  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """What the demo is to be. The same wish makes the same hospital.

    at: the moment of `day` at which the clinic is shown, with people who wait; None: before anybody has come.
    """

    patients: int
    seed: int
    day: dt.date
    at: dt.datetime | None = None


def exists() -> bool:
    """Is there any hospital in the database?"""
    return Site.objects.exists()


def make(wish: Wish, say: Callable[[str], None] = lambda what: None) -> None:
    """Make everything: people, roster, eight weeks of visits, four weeks of bookings. say: told each step.

    In one transaction, unless there are more than WHOLE patients: cut off, such a town is to be made anew.
    """
    with transaction.atomic() if wish.patients <= WHOLE else nullcontext():
        _make(wish, say)


def _make(wish: Wish, say: Callable[[str], None]) -> None:
    first = wish.day - dt.timedelta(weeks=WEEKS_BACK)
    last = wish.day + dt.timedelta(weeks=WEEKS_AHEAD)
    with acting(system_user(), "demo"):
        say("roster")
        nouns = catalogue.make()
        people = staff.make()
        doctors = roster.make(nouns, patients=wish.patients, seed=wish.seed, first=first, day=wish.day)
        staff.place(people, nouns.sites["main"], doctors[0])
        say("patients")
        visitors = registry.make(wish.patients, seed=wish.seed, day=wish.day, staff=people, catalogue=nouns)
        registry.make_duplicates(visitors, seed=wish.seed, day=wish.day, staff=people)
        say("sessions")
        sessions.generate(first, last, by=system_user())
        say("visits")
        Simulation(visitors, seed=wish.seed, day=wish.day, staff=people).run()
        say("waiting list")
        DeskWork(seed=wish.seed, day=wish.day, staff=people).run(visitors, nouns)
        say("missed visits")
        MissedVisits(seed=wish.seed, day=wish.day, staff=people).run(visitors)
        say("arrivals")
        arrivals = Arrivals(seed=wish.seed, day=wish.day, staff=people)
        arrivals.make_past()
        if wish.at:
            arrivals.make_today(wish.at)


def counts() -> dict[str, int]:
    """How many of each noun there are, by its name."""
    return {str(model._meta.verbose_name_plural): model.objects.count() for model in COUNTED}
