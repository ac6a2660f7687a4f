"""Invented data, made by the program's own services, of the size that a measurement needs."""

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from itertools import islice

from django.db import connection

from accounts.models import ChannelKey, Device
from accounts.services import devices
from accounts.services.actors import system_user
from common import clock
from crm.demo import names
from directory.models import Department, HealthcareService, Practitioner, Site
from patients.models import Patient
from patients.services.bulk import Newcomer, register_many
from scheduling.models import Schedule, Slot
from scheduling.services import sessions

SEED = 20260301
BATCH = 1_000  # people registered in one transaction


def add_key() -> tuple[Device, str]:
    """A device of the portal with every right, and the value of its Authorization header."""
    device = devices.register(name="Benchmark", channel="portal")
    _key, secret = devices.create_key(device, may_read_patients=True, may_register=True)
    return device, f"Api-Key {secret}"


def add_more_keys(count: int) -> None:
    """Other channels' keys, so that finding the right one is a search."""
    device = devices.register(name="Others", channel="kiosk")
    ChannelKey.objects.bulk_create(
        ChannelKey(id=f"{n:08d}.{uuid.uuid4().hex}", prefix=f"{n:08d}", hashed_key=f"x{n}", device=device, name=str(n))
        for n in range(count)
    )


def add_services(count: int, practitioners: int, number: int = 0) -> list[HealthcareService]:
    """A site with one department for each service; released long ago, so that every slot can be booked."""
    site = Site.objects.create(code=f"s{number}", name_en=f"Site {number}", name_zh=f"第{number}院区")
    made = []
    for n in range(count):
        department = Department.objects.create(site=site, code=f"d{n}", name_en=f"Department {n}", name_zh=f"{n}科")
        service = HealthcareService.objects.create(
            department=department, code=f"s{number}-{n}", name_en=f"Clinic {n}", name_zh=f"{n}门诊", release_days=3_000
        )
        Practitioner.objects.bulk_create(
            Practitioner(name=f"Doctor {p}", code=f"{service.code}-{p}") for p in range(practitioners)
        )
        made.append(service)
    return made


def add_roster(services: list[HealthcareService], spans: list[tuple[int, int]], minutes: int, capacity: int = 1):
    """Every practitioner of every service works each day in these spans (hours of the wall clock)."""
    rows = []
    for service in services:
        for practitioner in Practitioner.objects.filter(code__startswith=f"{service.code}-"):
            rows += [
                Schedule(
                    practitioner=practitioner, service=service, weekday=weekday, starts=dt.time(first),
                    ends=dt.time(last), slot_minutes=minutes, capacity=capacity, valid_from=dt.date(2020, 1, 1),
                    runs_on_holidays=True,
                )
                for weekday in range(7) for first, last in spans
            ]  # fmt: skip
    return Schedule.objects.bulk_create(rows)


def open_days(days: int, first: int = 1) -> sessions.Generated:
    """Make the sessions of `days` days, from `first` days after today."""
    start = clock.today() + dt.timedelta(days=first)
    return sessions.generate(start, start + dt.timedelta(days=days - 1), by=system_user())


def add_session(in_days: int, slots: int, capacity: int) -> list[Slot]:
    """One session that many people want, with a practitioner of its own."""
    service = HealthcareService.objects.order_by("pk")[0]
    practitioner = Practitioner.objects.create(name=f"Famous {in_days}", code=f"hot-{in_days}")
    return list(
        sessions.add_extra(
            practitioner=practitioner, service=service, day=clock.today() + dt.timedelta(days=in_days),
            starts=dt.time(8), ends=dt.time(16, 20), slot_minutes=500 // slots, capacity=capacity, by=system_user(),
            reason="benchmark",
        ).slots.all()
    )  # fmt: skip


def add_patients(count: int, seed: int = SEED) -> None:
    """People with names as frequent as in China, one phone each."""
    people = _people(count, seed)
    by = system_user()
    while some := list(islice(people, BATCH)):
        register_many(some, by=by, reason="benchmark")


def _people(count: int, seed: int) -> Iterator[Newcomer]:
    rng = random.Random(seed)
    for n in range(count):
        female, born = rng.random() < 0.5, rng.randrange(1940, 2015)
        yield Newcomer(
            name=names.surname(rng) + names.given_name(rng, female=female, born=born),
            sex="female" if female else "male",
            birth_date=dt.date(born, rng.randrange(1, 13), rng.randrange(1, 29)),
            phones=(f"+86138{n:08d}",),
        )


def pairs(patients: int, count: int) -> list[tuple[str, str]]:
    """(slot, patient) for `count` bookings that break no rule: nobody twice on one day, and slots in no order.

    The slots are dealt out in blocks of whole days; each patient gets at most one of a block.
    """
    people = [str(one) for one in Patient.objects.order_by("pk").values_list("uuid", flat=True)[:patients]]
    rng = random.Random(SEED)
    found: list[tuple[str, str]] = []
    block: list[str] = []
    for day in _slots_by_day():
        block += day
        if len(block) >= len(people):
            found += zip(rng.sample(block, len(people)), people, strict=True)
            block = []
        if len(found) >= count:
            return found[:count]
    raise ValueError(f"{count} bookings need more days")


def _slots_by_day() -> Iterator[list[str]]:
    rows = Slot.objects.filter(capacity=1).order_by("starts_at").values_list("uuid", "starts_at")
    day, some = None, []
    for ref, starts_at in rows.iterator():
        on = clock.local(starts_at).date()
        if on != day and some:
            yield some
            some = []
        day = on
        some.append(str(ref))
    yield some


def settle() -> None:
    """Fresh statistics, as a database has that has run for a day."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
