"""SIMULATION: the days of a run. The program is told only what a real day would tell it; patients decide by `odds`."""

import datetime as dt
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from unittest.mock import patch

from accounts.models import Channel, User
from benchmarks.quarter.counting import BOOKED, CALLS, CAME, CANCELLED, MESSAGES, MISSED, REBOOKED, REFILLED
from benchmarks.quarter.odds import (
    ANSWERS_CALL,
    CANCELS_BY_ITSELF,
    CANCELS_INSTEAD,
    CANCELS_TOO,
    CONFIRMS,
    TAKES_OFFER,
    WANTS_AGAIN,
    WANTS_AGAIN_CALLED,
    Person,
)
from benchmarks.quarter.parts import Parts
from common import clock
from common.errors import Refusal
from directory.models import HealthcareService
from interactions.models import Task, TaskKind, TaskOutcome
from interactions.services import tasks
from messaging.channels.base import Reply
from messaging.models import DeliveryState, Message
from messaging.services import receiving
from messaging.services.sending import drain
from patients.models import Patient
from reminders import jobs
from scheduling import jobs as pool_jobs
from scheduling.models import Appointment, AppointmentStatus, Slot
from scheduling.risk import nightly
from scheduling.services import appointments, attendance, waitlist
from scheduling.services.origin import Origin

LOOKS = (dt.time(9, 5), dt.time(10, 5), dt.time(14), dt.time(17, 5), dt.time(19, 30))  # when the worker runs
EVENING = dt.time(18)  # who did not come is written down
AHEAD = (2, 14)  # days for which people ask: assumed
DEMAND = 0.95  # asked for, over places: assumed
WAITS = 0.1  # people who join the waiting list a day, over places: assumed
GIVES_UP = 2  # days before the visit until which people cancel by themselves


@dataclass
class Quarter:
    """One run. people: patients by number; desk: who works there."""

    seed: int
    parts: Parts
    desk: User
    people: list[Patient]
    services: list[HealthcareService]
    first: dt.date
    counts: dict[dt.date, Counter] = field(default_factory=lambda: defaultdict(Counter))
    reminded: Counter = field(default_factory=Counter)  # booking and version -> reminders that reached them
    called: set[int] = field(default_factory=set)
    read: int = 0
    asked: int = 0

    def __post_init__(self) -> None:
        self.origin = Origin(self.desk, Channel.DESK)
        self.number_of = {one.pk: number for number, one in enumerate(self.people)}
        self.now = clock.at_wall(self.first, dt.time(1))

    def run(self, days: int) -> dict[dt.date, Counter]:
        """Day after day; returns the counts by Monday of the visit's week."""
        with patch.object(clock, "now", lambda: self.now):
            for number in range(days):
                self._day(self.first + dt.timedelta(days=number))
        return self.counts

    def _day(self, day: dt.date) -> None:
        self.now = clock.at_wall(day, dt.time(2))
        nightly.run()
        self.now = clock.at_wall(day, dt.time(8))
        self._cancel_by_itself(day)
        self._book(day)
        for look in LOOKS:
            if look > EVENING:
                self.now = clock.at_wall(day, EVENING)
                self._end(day)
            self.now = clock.at_wall(day, look)
            self._look()

    def _person(self, patient: int) -> Person:
        return Person(self.seed, self.number_of[patient])

    def _count(self, what: str, at: dt.datetime, many: int = 1) -> None:
        day = clock.local(at).date()
        self.counts[day - dt.timedelta(days=day.weekday())][what] += many

    # what people do by themselves

    def _book(self, day: dt.date) -> None:
        rng = random.Random(f"{self.seed}-{day}")
        places = Slot.objects.filter(session__day=day).count()
        for _one in range(round(places * DEMAND)):
            person, service = self.people[self.asked % len(self.people)], rng.choice(self.services)
            self.asked += 1
            wanted = clock.day_bounds(day + dt.timedelta(days=rng.randint(*AHEAD)))[0]
            self._take_first(person, service, wanted, wanted + dt.timedelta(days=2))
        for _one in range(round(places * WAITS)):
            self._try(
                waitlist.join, patient=rng.choice(self.people), service=rng.choice(self.services), earliest=day,
                latest=day + dt.timedelta(days=AHEAD[1]), origin=self.origin, at=self.now,
            )  # fmt: skip

    def _take_first(self, person: Patient, service: HealthcareService, since: dt.datetime, until: dt.datetime) -> bool:
        free = Slot.objects.in_roster().filter(service=service, taken=0, starts_at__gte=since, starts_at__lt=until)
        slot = free.order_by("starts_at", "pk").first()
        if slot is None:
            return False
        try:
            appointments.book(patient=person, slot=slot, origin=self.origin, at=self.now)
        except Refusal:
            return True  # has a visit there already: asks for nothing else
        return True

    def _booked(self, since: dt.date, until: dt.date) -> list[Appointment]:
        rows = Appointment.objects.filter(status=AppointmentStatus.BOOKED, slot__session__day__range=(since, until))
        return list(rows.select_related("slot").order_by("pk"))

    def _cancel_by_itself(self, day: dt.date) -> None:
        """Each at some day between booking and GIVES_UP days before, the same in all runs."""
        for one in self._booked(day + dt.timedelta(days=GIVES_UP), day + dt.timedelta(days=AHEAD[1])):
            person, visit = self._person(one.patient_id), _visit(one)
            if person.does("by itself", visit, CANCELS_BY_ITSELF) and person.does(f"on {day}", visit, 0.35):
                self._try(appointments.cancel, appointment=one, origin=self.origin, at=self.now)

    def _end(self, day: dt.date) -> None:
        for one in self._booked(day, day):
            missed = self._would_miss(one)
            if missed:
                self._try(appointments.mark_noshow, appointment=one, origin=self.origin, at=self.now)
            else:
                attendance.arrive(appointment=one, origin=self.origin, at=self.now)
                attendance.fulfil(appointment=one, origin=self.origin, at=self.now)

    def _would_miss(self, one: Appointment) -> bool:
        told = self.reminded[(one.pk, one.version)]
        return self._person(one.patient_id).would_miss(_visit(one), told, called=one.pk in self.called)

    # the worker, and what people do when they hear of it

    def _look(self) -> None:
        pool_jobs.every_minute()
        for _turn in range(3):  # a message, its answer, and what that leads to
            jobs.tell()
            jobs.offer()
            jobs.plan()
            drain(seconds=60)
            if not self._hear():
                break
            receiving.deal_with_new(self.now)
        jobs.follow()
        self._call()

    def _hear(self) -> int:
        """People read what has come; returns how many answered."""
        new = Message.objects.filter(pk__gt=self.read, delivery__state=DeliveryState.DELIVERED)
        rows = list(new.select_related("delivery", "channel").order_by("pk"))
        self.read = rows[-1].pk if rows else self.read
        self._count(MESSAGES, self.now, len(rows))
        return sum(self._react(message) for message in rows)

    def _react(self, message: Message) -> bool:
        text = self._answer(message)
        if text:
            reply = Reply(f"answer-{message.pk}", message.address, text, message.medium, message.uuid)
            receiving.take(reply, message.channel, self.now)
        return bool(text)

    def _answer(self, message: Message) -> str:
        said, person = message.delivery, self._person(message.delivery.patient_id)
        if said.kind == "reminder":
            return self._of_reminder(Appointment.objects.get(pk=said.about_id), person)
        if said.kind == "offer":
            return "1" if person.does("offer", said.about_id, TAKES_OFFER) else "2"
        if said.kind == "missed":
            visit = _visit(Appointment.objects.get(pk=said.about_id))
            return "1" if person.does("again", visit, WANTS_AGAIN) else ""
        return "1" if said.kind == "places" else ""

    def _of_reminder(self, one: Appointment, person: Person) -> str:
        """1: I will come. 2: cancel. Nothing is said by who would miss it and does not cancel."""
        self.reminded[(one.pk, one.version)] += 1
        visit = _visit(one)
        if not self.parts.answers:
            return ""
        misses = self._would_miss(one)
        if person.does("cancel", visit, CANCELS_INSTEAD if misses else CANCELS_TOO):
            return "2"
        return "1" if not misses and person.does("confirm", visit, CONFIRMS) else ""

    # staff at the telephone

    def _call(self) -> None:
        for task in Task.objects.due(self.now).exclude(patient=None).order_by("pk"):
            if task.kind != TaskKind.READ_ANSWER:
                self._count(CALLS, self.now)
            self._try(self._work, task=task)

    def _work(self, task: Task) -> None:
        if task.kind == TaskKind.READ_ANSWER:
            tasks.close(task=task, outcome=TaskOutcome.REACHED, by=self.desk, at=self.now)
            return
        person = self._person(task.patient_id)
        if not (person.is_reachable and person.does("answers", f"{task.key} {task.tries}", ANSWERS_CALL)):
            tasks.tried(task=task, by=self.desk, at=self.now)
            return
        tasks.close(task=task, outcome=self._said(task, person), by=self.desk, at=self.now)

    def _said(self, task: Task, person: Person) -> TaskOutcome:
        if task.kind == TaskKind.CALL_OFFER:
            return TaskOutcome.REFUSED
        one = Appointment.objects.select_related("slot__service", "patient").get(pk=task.about_id)
        if task.kind == TaskKind.CALL_MISSED:
            return self._again(one, person)
        self.called.add(one.pk)
        return TaskOutcome.REACHED if self._would_miss(one) else TaskOutcome.CONFIRMED

    def _again(self, one: Appointment, person: Person) -> TaskOutcome:
        if not person.does("again, called", _visit(one), WANTS_AGAIN_CALLED):
            return TaskOutcome.REFUSED
        since = self.now + dt.timedelta(days=1)
        self._take_first(one.patient, one.slot.service, since, since + dt.timedelta(days=AHEAD[1]))
        return TaskOutcome.MOVED

    def _try(self, act, **what) -> None:
        """What the rules refuse does not happen."""
        try:
            act(**what)
        except Refusal:
            return


def _visit(one: Appointment) -> str:
    """The same visit in all runs: a person has at most one on a day."""
    return clock.local(one.starts_at).date().isoformat()


def outcomes(quarter: Quarter) -> None:
    """Count what became of all visits until the last day, by week of the visit."""
    last = clock.today(quarter.now)
    rows = Appointment.objects.exclude(patient=None).filter(slot__session__day__lte=last).select_related("slot")
    named = {
        AppointmentStatus.NOSHOW: MISSED,
        AppointmentStatus.FULFILLED: CAME,
        AppointmentStatus.CANCELLED: CANCELLED,
    }
    claims: dict[int, list[Appointment]] = defaultdict(list)
    missed: list[Appointment] = []
    again: dict[int, list[Appointment]] = defaultdict(list)
    for one in rows:
        if one.status not in named:
            continue  # a hold that lapsed
        quarter._count(BOOKED, one.starts_at)
        quarter._count(named[one.status], one.starts_at)
        claims[one.slot_id].append(one)
        again[one.patient_id].append(one)
        missed += [one] if one.status == AppointmentStatus.NOSHOW else []
    for taken in claims.values():
        ended = [one for one in taken if one.status == AppointmentStatus.CANCELLED]
        kept = len(taken) > len(ended)
        quarter._count(REFILLED, taken[0].starts_at, len(ended) if kept else max(0, len(ended) - 1))
    for one in missed:
        within = one.starts_at + dt.timedelta(days=14)
        if any(one.starts_at < other.created_at < within for other in again[one.patient_id]):
            quarter._count(REBOOKED, one.starts_at)
