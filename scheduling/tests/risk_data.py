"""Bookings for the tests of risks: as columns without a database, and as many rows at once."""

import datetime as dt
import random

import numpy as np

from accounts.models import User
from accounts.services.actors import system_user
from common import clock
from patients.models import Patient
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, AppointmentStatus, Slot
from scheduling.risk.table import DAY, ROW, UNKNOWN, Table
from scheduling.tests.factories import SessionFactory, SlotFactory

SERVICES = 2


def table_of(*rows: dict, at: int | None = None) -> Table:
    """Bookings in a zone without offset: `day`, `asked` and `made` in days since 1970 (parts allowed)."""
    found = np.zeros(len(rows), ROW)
    for number, row in enumerate(rows):
        asked = row.get("asked", row["day"] - 5)
        found[number]["pk"] = number + 1
        found[number]["patient"] = row.get("patient", 1)
        found[number]["service"] = row.get("service", 1)
        found[number]["starts"] = row["day"] * DAY + 9 * 3600
        found[number]["asked"] = round(asked * DAY)
        found[number]["made"] = round(row.get("made", asked) * DAY)
        found[number]["born"] = row.get("born", 0)
        found[number]["outcome"] = row.get("outcome", UNKNOWN)
        found[number]["sex"] = row.get("sex", 0)
    return Table(found, np.zeros_like, at)


def add_visits(days: int, each_day: int, *, last: dt.date, seed: int = 1, people: int = 200) -> list[Appointment]:
    """Past visits of so many days up to `last`, with outcomes: who waits long and some people stay away more often."""
    rng, by = random.Random(seed), system_user()
    patients = list(Patient.objects.order_by("pk")[:people]) or PatientFactory.create_batch(people)
    sessions = SessionFactory.create_batch(SERVICES)
    services = [(one.service, one.practitioner) for one in sessions]
    rows = []
    for back in range(days):
        day = last - dt.timedelta(days=back)
        for service, practitioner in services:
            session = SessionFactory(service=service, practitioner=practitioner, day=day)
            slot = SlotFactory(session=session, capacity=each_day, taken=each_day)
            rows += [_visit(rng, slot, patients, place, by) for place in range(1, each_day + 1)]
    return Appointment.objects.bulk_create(rows)


def _visit(rng: random.Random, slot: Slot, patients: list[Patient], place: int, by: User) -> Appointment:
    number, lead = rng.randrange(len(patients)), rng.choice((0, 1, 3, 7, 20))
    asked = min(slot.starts_at - dt.timedelta(days=lead, minutes=rng.randrange(60)), slot.starts_at)
    is_missed = rng.random() < (0.02 if lead == 0 else 0.1 + 0.01 * lead + 0.3 * (number % 4 == 0))
    status = AppointmentStatus.NOSHOW if is_missed else AppointmentStatus.FULFILLED
    return Appointment(
        patient=patients[number], slot=slot, place=place, starts_at=slot.starts_at, ends_at=slot.ends_at,
        channel="desk", status=status, by=by, requested_at=asked, created_at=asked,
    )  # fmt: skip


def yesterday() -> dt.date:
    """The last day that is over."""
    return clock.today() - dt.timedelta(days=1)
