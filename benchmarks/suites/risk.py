"""How fast absences are learnt and told, on invented bookings; and on SQLite, how well, on a real file.

The file is the public set "Medical Appointment No Shows" (docs/maps/vitoria.toml), named by RISK_DATA; it is brought in
by the program's own import. Every split is forward: learnt until a day, measured on later ones.
"""

import datetime as dt
import io
import json
import os
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from accounts.services.actors import system_user
from benchmarks import hospital
from benchmarks.bench import Bench, say
from common import clock
from common.bulk import insert_rows
from directory.models import HealthcareService, Practitioner
from patients.models import Patient
from scheduling.models import Appointment, Session, Slot

SERVICES, DAYS_AHEAD = 50, 8
COLUMNS = (
    "uuid", "reference", "patient", "slot", "place", "is_overbooked", "starts_at", "ends_at", "channel", "reason",
    "status", "renewals", "cancel_cause", "by", "requested_at", "created_at", "version",
)  # fmt: skip
SPLITS = (  # the last day learnt from, the first and the last day measured
    (dt.date(2016, 5, 24), dt.date(2016, 5, 25), dt.date(2016, 5, 31)),  # the one that is promised
    (dt.date(2016, 5, 10), dt.date(2016, 5, 12), dt.date(2016, 5, 16)),
    (dt.date(2016, 5, 16), dt.date(2016, 5, 18), dt.date(2016, 5, 20)),
    (dt.date(2016, 5, 19), dt.date(2016, 5, 24), dt.date(2016, 5, 25)),
)
FIGURES = ("auc", "average_precision", "brier", "calibration_error")
VISITS = {"all": "all visits", "lead_at_least_1": "booked a day or more ahead"}


def run(bench: Bench) -> None:
    """Speed on every database, quality on SQLite."""
    path = os.environ.get("RISK_DATA")
    if bench.database == "sqlite" and path:
        _quality(bench, Path(path))
    elif bench.database == "sqlite":
        say("RISK_DATA names no file: how good the risks are is not measured")
    _speed(bench)


def _speed(bench: Bench) -> None:
    known, ahead = (20_000, 20_000) if bench.quick else (84_000, 1_000_000)
    hospital.add_services(SERVICES, 1)
    hospital.add_patients(2_000 if bench.quick else 20_000)
    today = clock.today()
    _add(known, today - dt.timedelta(days=30), 30)
    _add(ahead, today + dt.timedelta(days=1), DAYS_AHEAD)
    hospital.settle()
    seconds, megabytes = _command("train_risk", "--until", str(today - dt.timedelta(days=1)))
    bench.add(f"learning from {known:,} visits", seconds, "s", at_most=30)
    bench.add("memory of learning", megabytes, "MB")
    seconds, megabytes = _command("score_risk")
    bench.add(f"risks of {ahead:,} bookings ahead", seconds, "s", at_most=60)
    bench.add("memory of telling them", megabytes, "MB", at_most=500)


def _command(*words: str) -> tuple[float, float]:
    """Seconds of a process of its own from start to end, and the most memory that it had."""
    begun = time.perf_counter()
    child = subprocess.Popen([sys.executable, "manage.py", *words], cwd=settings.BASE_DIR)
    _pid, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{' '.join(words)} failed ({child.returncode})")
    return time.perf_counter() - begun, used.ru_maxrss / 1024


def _add(count: int, first: dt.date, days: int) -> None:
    """So many bookings, spread over the services and days."""
    slots = _slots(first, days, count)
    people = list(Patient.objects.order_by("pk").values_list("pk", flat=True))
    insert_rows(Appointment, COLUMNS, _bookings(slots, people, count, Appointment.objects.count()))


def _slots(first: dt.date, days: int, count: int) -> list[Slot]:
    places = count // (SERVICES * days) + 1
    sessions = []
    for service, practitioner in zip(
        HealthcareService.objects.order_by("pk"), Practitioner.objects.order_by("pk"), strict=True
    ):
        for number in range(days):
            day = first + dt.timedelta(days=number)
            starts, ends = clock.at_wall(day, dt.time(8)), clock.at_wall(day, dt.time(17))
            facts = {"practitioner": practitioner, "service": service, "day": day, "released_at": starts}
            sessions.append(Session(starts_at=starts, ends_at=ends, **facts))
    made = Session.objects.bulk_create(sessions)
    return Slot.objects.bulk_create(
        Slot(
            session=one, service=one.service, starts_at=one.starts_at, ends_at=one.ends_at,
            capacity=places, taken=places,
        )
        for one in made
    )  # fmt: skip


def _bookings(slots: list[Slot], people: list[int], count: int, first: int) -> Iterator[tuple]:
    """Who waits longer stays away more often. On the days ahead everybody is booked. first: the number of the first."""
    rng, by, now = random.Random(hospital.SEED), system_user().pk, clock.now()
    for number in range(count):
        slot, place = slots[number % len(slots)], number // len(slots) + 1
        days = rng.choice((0, 0, 1, 2, 3, 7, 14, 30))
        asked = min(slot.starts_at, now) - dt.timedelta(days=days, minutes=rng.randrange(600))
        status = "booked" if slot.starts_at > now else rng.choices(("noshow", "fulfilled"), (5 + days, 70))[0]
        yield (
            uuid.UUID(int=first + number), f"{first + number:012d}", rng.choice(people), slot.pk, place, False,
            slot.starts_at, slot.ends_at, "desk", "", status, 0, "", by, asked, asked, 1,
        )  # fmt: skip


def _quality(bench: Bench, path: Path) -> None:
    call_command("import_appointments", path, map=settings.BASE_DIR / "docs/maps/vitoria.toml", stderr=io.StringIO())
    for number, (until, first, last) in enumerate(SPLITS):
        call_command("train_risk", until=until)
        told = io.StringIO()
        call_command("evaluate_risk", "--from", str(first), "--to", str(last), "--json", stdout=told)
        _report(bench, json.loads(told.getvalue()), is_promised=number == 0)
        if bench.quick:
            return


def _report(bench: Bench, found: dict, *, is_promised: bool) -> None:
    """Ours beside the lead-time table and the point score. The level of the last days is chance, their order is not."""
    days = f"{found['from']} to {found['to']}"
    for visits, name in VISITS.items():
        for rival in ("", "lead_table", "points"):
            measured = (found[rival] if rival else found)[visits]
            for figure in FIGURES:
                what = f"{days}, {name}, {rival or found['model']['kind']}: {figure}"
                least = {"auc": {"all": 0.72, "lead_at_least_1": 0.59}[visits]}.get(figure)
                bench.add(what, measured[figure], at_least=least if is_promised and not rival else None)
