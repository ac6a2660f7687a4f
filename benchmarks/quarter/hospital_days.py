"""SIMULATION: the days of a run. The program is told only what a real day would tell it; patients decide by `odds`."""

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

from django.utils import timezone

from accounts.models import Channel, User
from benchmarks.quarter.odds import AHEAD, CANCELS_BY_ITSELF, CANCELS_ON_A_DAY, draw
from benchmarks.quarter.parts import Parts
from benchmarks.quarter.reacting import Reacting
from benchmarks.quarter.telephone import Telephone
from benchmarks.quarter.town import Town, visit
from common import clock
from common.errors import Refusal
from directory.models import HealthcareService
from messaging.services import receiving
from messaging.services.sending import drain
from patients.models import Patient
from reminders import jobs
from scheduling import jobs as pool_jobs
from scheduling.models import Appointment, AppointmentStatus, Slot
from scheduling.risk import nightly, weekly
from scheduling.services import appointments, attendance, waitlist
from scheduling.services.origin import Origin

LOOKS = (dt.time(10, 5), dt.time(17, 5))  # when the worker runs: after the times of day of the first ladder's steps
TURNS = 4  # in one look: a message, its answer, and what that leads to
EVENING = dt.time(18)  # who did not come is written down
WINDOW = 2  # days within which a time suits: assumed
GIVES_UP = 2  # days before the visit until which people cancel by themselves
SUNDAY = 6


@dataclass(frozen=True)
class Demand:
    """How much is asked for a day, over the places of a day: assumed, both. waits: who joins the waiting list."""

    asked: float = 0.85
    waits: float = 0.05


@dataclass
class Quarter:
    """One run, from its first day on. desk: who works there."""

    town: Town
    parts: Parts
    desk: User
    services: list[HealthcareService]
    first: dt.date
    demand: Demand
    asked: int = 0
    now: dt.datetime = field(init=False)

    def __post_init__(self) -> None:
        self.origin = Origin(self.desk, Channel.DESK)
        self.now = clock.at_wall(self.first, dt.time(1))
        self._reacting = Reacting(self.town, answers=self.parts.answers)
        self._telephone = Telephone(self.town, self.desk, self._book_soonest)

    @contextmanager
    def clock(self) -> Iterator[None]:
        """The program's time is that of the run; defaults of rows too, which ask Django."""
        with patch.object(timezone, "now", lambda: self.now):
            yield

    def fill_book(self) -> None:
        """What was asked for in the days before the first, so that the book is as full as on any day."""
        for number in range(-AHEAD[1] - WINDOW, 0):
            day = self._morning(number)
            self._cancel_by_itself(day)
            self._book(day)
        self.now = clock.at_wall(self.first, dt.time(1))

    def run(self, days: int) -> None:
        """Day after day."""
        for number in range(days):
            self._night(self.first + dt.timedelta(days=number))
            day = self._morning(number)
            self._cancel_by_itself(day)
            self._book(day)
            self._work(day)

    def _morning(self, number: int) -> dt.date:
        day = self.first + dt.timedelta(days=number)
        self.now = clock.at_wall(day, dt.time(8))
        return day

    def _night(self, day: dt.date) -> None:
        self.now = clock.at_wall(day, dt.time(2))
        waitlist.expire_entries()
        nightly.run()
        if day.weekday() == SUNDAY:
            weekly.run()

    def _work(self, day: dt.date) -> None:
        for look in LOOKS:
            self.now = clock.at_wall(day, look)
            self._look()
        self.now = clock.at_wall(day, EVENING)
        self._end(day)

    def _look(self) -> None:
        """The worker's turn, and what people do when they hear of it."""
        pool_jobs.every_minute()
        jobs.plan()
        for _turn in range(TURNS):
            jobs.tell()
            jobs.offer()
            drain(seconds=60)
            if not self._reacting.hear(self.now):
                break
            receiving.deal_with_new(self.now)
        jobs.follow()
        self._telephone.call(self.now)

    def _book(self, day: dt.date) -> None:
        """The same people ask for the same in all runs; whom no time suits goes elsewhere."""
        rng = random.Random(f"{self.town.seed}-{day}")
        places = Slot.objects.filter(session__day=day).count()
        for _one in range(int(places * self.demand.asked + rng.random())):
            person, service = self.town.people[self.asked % len(self.town.people)], rng.choice(self.services)
            self.asked += 1
            wanted = day + dt.timedelta(days=rng.randint(*AHEAD))
            if wanted >= self.first:
                self._take(person, self._wished(service, wanted))
        for _one in range(int(places * self.demand.waits + rng.random())):
            self._join(rng.choice(self.town.people), rng.choice(self.services), day)

    def _wished(self, service: HealthcareService, wanted: dt.date) -> Slot | None:
        """Of the free times of these days the one that they like best."""
        until = wanted + dt.timedelta(days=WINDOW - 1)
        free = Slot.objects.in_roster().filter(service=service, taken=0, session__day__range=(wanted, until))
        free = list(free.select_related("session__practitioner"))
        return min(free, key=lambda one: draw(self.town.seed, "wish", self.asked, _name(one)), default=None)

    def _join(self, person: Patient, service: HealthcareService, day: dt.date) -> None:
        last = day + dt.timedelta(days=AHEAD[1])
        if last >= self.first:
            self._try(
                waitlist.join, patient=person, service=service, earliest=day, latest=last, origin=self.origin,
                at=self.now,
            )  # fmt: skip

    def _book_soonest(self, person: Patient, service: HealthcareService) -> bool:
        """From tomorrow on."""
        since = self.now + dt.timedelta(days=1)
        until = since + dt.timedelta(days=AHEAD[1])
        free = Slot.objects.in_roster().filter(service=service, taken=0, starts_at__range=(since, until))
        return self._take(person, free.order_by("starts_at", "pk").first())

    def _take(self, person: Patient, slot: Slot | None) -> bool:
        """False: there was none, or the rules refuse it (who has a visit that day asks for nothing else)."""
        return slot is not None and self._try(
            appointments.book, patient=person, slot=slot, origin=self.origin, at=self.now
        )

    def _booked(self, since: dt.date, until: dt.date) -> list[Appointment]:
        rows = Appointment.objects.filter(status=AppointmentStatus.BOOKED, slot__session__day__range=(since, until))
        return list(rows.select_related("slot").order_by("starts_at", "pk"))

    def _cancel_by_itself(self, day: dt.date) -> None:
        """Each at some day between booking and GIVES_UP days before, the same in all runs."""
        for one in self._booked(day + dt.timedelta(days=GIVES_UP), day + dt.timedelta(days=AHEAD[1] + WINDOW)):
            person, which = self.town.person(one.patient_id), visit(one)
            if person.does("by itself", which, CANCELS_BY_ITSELF) and person.does(f"on {day}", which, CANCELS_ON_A_DAY):
                self._try(appointments.cancel, appointment=one, origin=self.origin, at=self.now)

    def _end(self, day: dt.date) -> None:
        for one in self._booked(day, day):
            if self.town.would_miss(one):
                appointments.mark_noshow(appointment=one, origin=self.origin, at=self.now)
            else:
                attendance.arrive(appointment=one, origin=self.origin, at=self.now)
                attendance.fulfil(appointment=one, origin=self.origin, at=self.now)

    def _try(self, act, **what) -> bool:
        """What the rules refuse does not happen."""
        try:
            act(**what)
        except Refusal:
            return False
        return True


def _name(slot: Slot) -> str:
    """The same in all runs."""
    return f"{slot.session.practitioner.code} {slot.starts_at}"
