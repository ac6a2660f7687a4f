"""Who was seen and for how long in the last weeks, and the clinic of today as it stands at a moment: arrived, waiting,
called, inside, seen. Bulk rows with history; everything drawn comes from one seed, in one order."""

import datetime as dt
import random
from collections import defaultdict
from dataclasses import dataclass, field

from accounts.models import Channel, User
from common import clock
from common.history import acting, record_history
from directory.models import Practitioner
from scheduling.models import Appointment, AppointmentEvent, AppointmentStatus, EventKind, Session
from visits.models import Call, Encounter, Outcome, QueueEntry, QueueState, VisitKind
from visits.services import turns

from .staff import Staff

WEEKS = 4  # so far back lie the encounters: more than enough for measured lengths
LATEST = dt.time(16, 15)  # a demo made in the evening shows the clinic at this time
FLUSH = 2_000
SLOW = (1.1, 2.0)  # today takes so many times as long as usual: a busy morning with queues
ABSENT, ABSENT_WHEN_CALLED, CALLED_AHEAD = 0.12, 0.06, 0.4
OUTCOMES = ([Outcome.TREATED, Outcome.RETURN, Outcome.TESTS, Outcome.REFERRED, Outcome.ADMITTED], [45, 35, 12, 6, 2])
MINUTE = dt.timedelta(minutes=1)


@dataclass
class Rows:
    """What is to be stored."""

    entries: list[QueueEntry] = field(default_factory=list)
    encounters: list[Encounter] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    events: list[AppointmentEvent] = field(default_factory=list)
    statuses: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


class Arrivals:
    """Past encounters, and today's queue."""

    def __init__(self, *, seed: int, day: dt.date, staff: Staff) -> None:
        self._rng = random.Random(f"{seed}:arrivals")  # noqa: S311
        self._day, self._by = day, staff.desk
        # How much longer or shorter than planned somebody's visits are, as people are
        codes = Practitioner.objects.order_by("code").values_list("pk", flat=True)
        self._pace = {pk: self._rng.uniform(0.65, 1.25) for pk in codes}

    def make_past(self) -> None:
        """An encounter for each visit of the last weeks."""
        first = clock.at_wall(self._day - dt.timedelta(weeks=WEEKS), dt.time.min)
        seen = AppointmentEvent.objects.filter(
            kind=EventKind.FULFILLED, at__gte=first, appointment__status=AppointmentStatus.FULFILLED
        ).select_related("appointment__slot__session__service")
        made = []
        order = ("at", "appointment__slot__session__practitioner__code", "appointment__place", "pk")
        for event in seen.order_by(*order).iterator(FLUSH):
            minutes = self._minutes(event.appointment.slot.session)
            made.append(self._encounter(event.appointment, event.at - minutes * MINUTE, event.at))
        with acting(self._by, "demo"):
            Encounter.objects.bulk_create(made, batch_size=FLUSH)
            record_history(Encounter.objects.all(), "+")

    def make_today(self, at: dt.datetime) -> None:
        """The clinic of the day at the moment `at`."""
        at, rows = min(at, clock.at_wall(self._day, LATEST)), Rows()
        for session in self._sessions(at):
            self._fill(session, at, rows)
        self._number(rows.entries)
        with acting(self._by, "demo"):
            self._store(rows)

    def _sessions(self, at: dt.datetime) -> list[Session]:
        rows = Session.objects.on(self._day).filter(starts_at__lt=at + dt.timedelta(minutes=30), status="open")
        return list(rows.select_related("service__department").order_by("starts_at", "practitioner__code", "pk"))

    def _fill(self, session: Session, at: dt.datetime, rows: Rows) -> None:
        """People come, are called one after the other, and the last ones wait."""
        free, called = session.starts_at + self._rng.randrange(2, 12) * MINUTE, False
        slowness = self._rng.uniform(*SLOW)
        for entry in sorted(self._come(session, at), key=lambda one: (one.turn_at, one.arrived_at)):
            begins = max(free, entry.arrived_at + MINUTE)
            ends = begins + self._minutes(session) * slowness * MINUTE
            if begins > at:  # the doctor is still busy, or just about to call
                called = called or self._wait(entry, at, rows, may_be_called=not called)
            elif self._rng.random() < ABSENT_WHEN_CALLED:
                self._call(entry, QueueState.SKIPPED, begins, rows)
            else:
                self._see(entry, begins, ends if ends <= at else None, rows)
                free = ends
            rows.entries.append(entry)

    def _come(self, session: Session, at: dt.datetime) -> list[QueueEntry]:
        bookings = Appointment.objects.filter(slot__session=session, status=AppointmentStatus.BOOKED)
        found = []
        for booking in bookings.select_related("patient", "slot").order_by("starts_at", "place"):
            arrived = booking.starts_at + self._rng.randrange(-35, 12) * MINUTE
            if self._rng.random() >= ABSENT and arrived <= at:
                found.append(self._entry(booking, session, arrived))
        return found

    def _entry(self, booking: Appointment, session: Session, arrived: dt.datetime) -> QueueEntry:
        priority = turns.priority_of(booking.patient.age(session.day))
        kind = VisitKind.BOOKED if booking.created_at < booking.starts_at else VisitKind.WALK_IN
        return QueueEntry(
            appointment=booking, session=session, day=session.day, series=session.service.department, kind=kind,
            priority=priority, arrived_at=arrived, by=self._by,
            turn_at=turns.turn(kind=kind, priority=priority, due=booking.starts_at, arrived=arrived),
        )  # fmt: skip

    def _wait(self, entry: QueueEntry, at: dt.datetime, rows: Rows, *, may_be_called: bool) -> bool:
        """Is this one called already?"""
        if may_be_called and self._rng.random() < CALLED_AHEAD:
            self._call(entry, QueueState.CALLED, max(at - 2 * MINUTE, entry.arrived_at), rows)
            return True
        return False

    def _call(self, entry: QueueEntry, state: str, at: dt.datetime, rows: Rows) -> None:
        entry.state, entry.location_id = state, entry.session.location_id
        rows.calls.append(Call(entry=entry, location_id=entry.location_id, at=at, by=self._by))

    def _see(self, entry: QueueEntry, begins: dt.datetime, ends: dt.datetime | None, rows: Rows) -> None:
        self._call(entry, QueueState.DONE if ends else QueueState.INSIDE, begins - MINUTE, rows)
        rows.encounters.append(self._encounter(entry.appointment, begins, ends))

    def _encounter(self, booking: Appointment, begins: dt.datetime, ends: dt.datetime | None) -> Encounter:
        session, outcome = booking.slot.session, self._rng.choices(*OUTCOMES)[0]
        weeks = self._rng.choice([1, 2, 4, 12]) if ends and outcome == Outcome.RETURN else None
        return Encounter(
            appointment=booking, patient_id=booking.patient_id, practitioner_id=session.practitioner_id,
            service_id=session.service_id, location_id=session.location_id, started_at=begins, ended_at=ends,
            outcome=outcome if ends else "", follow_up_weeks=weeks, by=self._by,
        )  # fmt: skip

    def _minutes(self, session: Session) -> float:
        """A length: skewed to the right around what this practitioner needs."""
        mean = session.service.length_minutes * self._pace[session.practitioner_id]
        return max(2.0, round(self._rng.gammavariate(6, mean / 6), 1))

    def _number(self, entries: list[QueueEntry]) -> None:
        """Tickets of a department by arrival."""
        last: dict[int, int] = defaultdict(int)
        for entry in sorted(entries, key=lambda one: (one.arrived_at, one.turn_at)):
            last[entry.series_id] += 1
            entry.number = last[entry.series_id]

    def _store(self, rows: Rows) -> None:
        stored = QueueEntry.objects.bulk_create(rows.entries, batch_size=FLUSH)
        record_history(QueueEntry.objects.filter(pk__in=[one.pk for one in stored]), "+")
        Call.objects.bulk_create(rows.calls, batch_size=FLUSH)
        visits = Encounter.objects.bulk_create(rows.encounters, batch_size=FLUSH)
        record_history(Encounter.objects.filter(pk__in=[one.pk for one in visits]), "+")
        self._settle(rows)

    def _settle(self, rows: Rows) -> None:
        """The bookings say arrived, or seen."""
        ended = {one.appointment_id: one.ended_at for one in rows.encounters if one.ended_at}
        for entry in rows.entries:
            booking = entry.appointment
            rows.events.append(_event(booking, EventKind.ARRIVED, entry.arrived_at, self._by))
            if booking.pk in ended:
                rows.events.append(_event(booking, EventKind.FULFILLED, ended[booking.pk], self._by))
            status = AppointmentStatus.FULFILLED if booking.pk in ended else AppointmentStatus.ARRIVED
            rows.statuses[status].append(booking.pk)
        AppointmentEvent.objects.bulk_create(rows.events, batch_size=FLUSH)
        for status, found in rows.statuses.items():
            Appointment.objects.filter(pk__in=found).update(status=status)
            record_history(Appointment.objects.filter(pk__in=found), "~")


def _event(booking: Appointment, kind: str, at: dt.datetime, by: User) -> AppointmentEvent:
    return AppointmentEvent(appointment=booking, kind=kind, at=at, by=by, channel=Channel.DESK, slot_id=booking.slot_id)
