"""How good the estimate of waiting is: simulated clinic days, run through the services, told against what happened.

Nothing here is known to the program but what a real day would tell it: who is booked, who checked in when, who was
called, when visits began and ended. True lengths differ by practitioner and are drawn from a gamma distribution with a
coefficient of variation of 0.5; people come 18 ± 15 minutes early, some not at all, some without a booking, some
again with results. The rival is what a call screen without us would say:
average length times position, and before the session begins the minutes until then.
"""

import datetime as dt
import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from accounts.models import Channel, User
from benchmarks import hospital
from benchmarks.bench import Bench
from common import clock
from common.errors import Refusal
from patients.models import Patient
from scheduling.models import Appointment, AppointmentStatus, Session, Slot
from scheduling.services import appointments
from scheduling.services.origin import Origin
from visits.models import Outcome, QueueEntry, QueueState
from visits.services import arrival, encounters, queue, waiting_times

LEARNED = 4  # days whose visits only teach the lengths
BOOKED, ABSENT, RESULTS, WALK_INS = 0.85, 0.15, 0.08, 2  # shares; walk-ins per session
EARLY, SCATTER = 18, 15  # minutes before the appointment, and their standard deviation
VARIATION = 0.5
PATIENTS = 60  # of one practitioner
ASKED_EVERY = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Told:
    """One estimate, in minutes: ours with its range, the rival's, and how long it really took."""

    ours: float
    low: int
    high: int
    rival: float
    happened: float


def run(bench: Bench) -> None:
    """Learn, then measure."""
    days, practitioners = (2, 4) if bench.quick else (4, 6)
    services = hospital.add_services(1, practitioners)
    hospital.add_roster(services, [(8, 12)], minutes=10)
    hospital.open_days(LEARNED + days)
    hospital.add_patients(practitioners * PATIENTS)
    desk = Origin(User.objects.create(username="desk", name="Desk", is_staff=True, is_superuser=True), Channel.DESK)
    told = [one for session in _sessions() for one in _Day(session, desk).run()]
    _report(bench, told)


def _sessions() -> list[Session]:
    return list(Session.objects.for_list().order_by("day", "pk"))


def _report(bench: Bench, told: list[Told]) -> None:
    ours = fmean(abs(one.ours - one.happened) for one in told)
    rival = fmean(abs(one.rival - one.happened) for one in told)
    inside = fmean(one.low <= one.happened <= one.high for one in told)
    more = {"estimates": len(told), "mean_wait": round(fmean(one.happened for one in told), 1)}
    bench.add("estimated wait, mean absolute error", ours, "min", more=more)
    bench.add("average length times position, mean absolute error", rival, "min")
    bench.add("error of the estimate over that of length times position", ours / rival, "", at_most=1)
    bench.add("waits that lay inside the range that was told", 100 * inside, "%", at_least=60)


@dataclass
class _Day:
    """One session from its first arrival until the last has left."""

    session: Session
    origin: Origin
    asked: list[tuple[QueueEntry, Any, float, dt.datetime]] = field(default_factory=list)
    begun: dict[int, dt.datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = random.Random(f"{hospital.SEED}-{self.session.pk}")
        code = random.Random(self.session.practitioner.code)
        self.mean = code.uniform(6, 13)  # minutes that this practitioner really takes
        self.counts = self.session.day > clock.today() + dt.timedelta(days=LEARNED)
        self.events: list[tuple[dt.datetime, int, Callable, tuple]] = []
        self.order = itertools.count()
        self.is_free = False

    def run(self) -> list[Told]:
        """What was told on this day; nothing on a day that only teaches."""
        self._book()
        self._later(self.session.starts_at + self._minutes(max(0, self.rng.gauss(4, 4))), self._free)
        tick = self.session.starts_at - dt.timedelta(minutes=30)
        while self.counts and tick < self.session.ends_at:
            self._later(tick, self._ask_all)
            tick += ASKED_EVERY
        while self.events:
            at, _order, act, about = heapq.heappop(self.events)
            act(at, *about)
        for lost in Appointment.objects.filter(slot__session=self.session, status=AppointmentStatus.BOOKED):
            appointments.mark_noshow(appointment=lost, origin=self.origin, at=self.session.ends_at)
        return [self._told(*one) for one in self.asked if one[0].pk in self.begun]

    def _later(self, at: dt.datetime, act: Callable, *about: Any) -> None:
        heapq.heappush(self.events, (at, next(self.order), act, about))

    def _minutes(self, minutes: float) -> dt.timedelta:
        return dt.timedelta(minutes=minutes)

    def _book(self) -> None:
        slots = list(self.session.slots.order_by("starts_at"))
        people = self.rng.sample(self._people(), len(slots) + WALK_INS)
        for slot, person in zip(slots, people, strict=False):
            if self.rng.random() < BOOKED:
                made = appointments.book(patient=person, slot=slot, origin=self.origin)
                if self.rng.random() >= ABSENT:
                    due = made.starts_at - self._minutes(self.rng.gauss(EARLY, SCATTER))
                    self._later(due, self._arrive, made)
        span = (self.session.ends_at - self.session.starts_at) * 0.7
        for person in people[len(slots) :]:
            self._later(self.session.starts_at + span * self.rng.random(), self._walk_in, person)

    def _people(self) -> list[Patient]:
        """Patients of this practitioner alone, for nobody is in two places at once."""
        number = int(self.session.practitioner.code.rpartition("-")[2])
        return list(Patient.objects.order_by("pk")[number * PATIENTS : (number + 1) * PATIENTS])

    def _arrive(self, at: dt.datetime, booking: Appointment) -> None:
        self._came(arrival.check_in(appointment=booking, origin=self.origin, at=at), at)

    def _walk_in(self, at: dt.datetime, person: Patient) -> None:
        free = Slot.objects.filter(session=self.session, taken=0, starts_at__gt=at).order_by("starts_at").first()
        if free is None:
            return  # sent away: the session is full
        try:
            self._came(arrival.walk_in(patient=person, slot=free, origin=self.origin, at=at), at)
        except Refusal:
            return  # somebody with two bookings at once: not let in by the rules

    def _came(self, entry: QueueEntry, at: dt.datetime) -> None:
        if self.counts:
            self._ask(at, {entry.pk})
        if self.is_free:
            self._free(at)

    def _free(self, at: dt.datetime) -> None:
        """The room is empty: the next is called and walks in."""
        self.is_free = not QueueEntry.objects.filter(session=self.session, state=QueueState.WAITING).exists()
        if not self.is_free:
            entry = queue.call_next(session=self.session, origin=self.origin, at=at)
            self._later(at + self._minutes(0.5), self._begin, entry)

    def _begin(self, at: dt.datetime, entry: QueueEntry) -> None:
        encounters.start(entry=entry, origin=self.origin, at=at)
        is_second = entry.pk in self.begun
        self.begun.setdefault(entry.pk, at)
        shape = VARIATION**-2
        length = self.rng.gammavariate(shape, self.mean / shape) * (0.5 if is_second else 1)
        self._later(at + self._minutes(length), self._end, entry, is_second)

    def _end(self, at: dt.datetime, entry: QueueEntry, is_second: bool) -> None:
        encounters.finish(entry=entry, outcome=Outcome.TREATED, origin=self.origin, at=at)
        if not is_second and self.rng.random() < RESULTS:
            self._later(at + self._minutes(self.rng.uniform(25, 50)), self._come_back, entry)
        self._free(at)

    def _come_back(self, at: dt.datetime, entry: QueueEntry) -> None:
        queue.come_back(entry=entry, origin=self.origin, at=at)
        if self.is_free:
            self._free(at)

    def _ask_all(self, at: dt.datetime) -> None:
        waits = QueueEntry.objects.filter(session=self.session, state=QueueState.WAITING)
        self._ask(at, set(waits.values_list("pk", flat=True)) - self.begun.keys())

    def _ask(self, at: dt.datetime, wanted: set[int]) -> None:
        """What those who wait are told, and what the rival would say."""
        line = list(QueueEntry.objects.filter(session=self.session, state=QueueState.WAITING).in_order())
        inside = QueueEntry.objects.filter(session=self.session, state__in=(QueueState.CALLED, QueueState.INSIDE))
        before, told = inside.count(), waiting_times.of_session(self.session, at)
        average = waiting_times.length_of(self.session, at).mean
        until_open = max(0.0, (self.session.starts_at - at).total_seconds() / 60)
        for place, entry in enumerate(line):
            if entry.pk in wanted:
                self.asked.append((entry, told[entry.pk], until_open + average * (before + place), at))

    def _told(self, entry: QueueEntry, told: Any, rival: float, at: dt.datetime) -> Told:
        happened = (self.begun[entry.pk] - at).total_seconds() / 60
        return Told(told.expected, told.low, told.high, rival, happened)
