"""The pages of the front desk, at ten thousand patients and at a million: time at the server, statements, growth.

Asked through Django's own client in this process: every middleware, view and template, without the network.
"""

import datetime as dt
import random
import time
from collections.abc import Callable, Iterable
from statistics import quantiles

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Channel, User
from benchmarks import hospital
from benchmarks.bench import Bench
from common import clock, rubbish
from directory.models import Scope, Site
from patients.models import Patient
from scheduling.models import Appointment, AppointmentEvent, EventKind, Slot

SITES, DEPARTMENTS, PRACTITIONERS = 8, 6, 10  # with 40 times a day each: 19,200 slots a day, most of them taken
PAST = 500  # events of one patient
ASKED = 1_000
GROWTH = 3


def run(bench: Bench) -> None:
    """Everything at both sizes, then their ratio."""
    small, large = (2_000, 10_000) if bench.quick else (10_000, 1_000_000)
    call_command("collectstatic", interactive=False, verbosity=0)  # pages name files by their fingerprints
    clerk = _hospital()
    hospital.add_patients(small)
    _book(clerk)
    few = _measure(bench, clerk, small)
    hospital.add_patients(large - small, seed=hospital.SEED + 1)
    many = _measure(bench, clerk, large)
    for what, value in few.items():
        bench.add(f"{what}, p95 at {large:,} over {small:,}", many[what] / value, "", at_most=GROWTH)


def _hospital() -> User:
    """Sites of six departments with ten practitioners who see forty people a day; a clerk of the first site."""
    for number in range(SITES):
        services = hospital.add_services(DEPARTMENTS, PRACTITIONERS, number)
        hospital.add_roster(services, [(8, 18)], minutes=15)
    hospital.open_days(1, first=0)
    hospital.open_days(1, first=1)
    clerk = User.objects.create(username="desk", name="Desk", is_staff=True)
    clerk.groups.add(Group.objects.get(name="front_desk"))
    Scope.objects.create(user=clerk, site=Site.objects.order_by("pk")[0])
    return clerk


def _book(clerk: User) -> None:
    """Nine of ten places of both days, and one patient with a long past."""
    people = list(Patient.objects.order_by("pk").values_list("pk", flat=True))
    rng = random.Random(hospital.SEED)
    slots = [slot for slot in Slot.objects.order_by("starts_at", "pk") if rng.random() < 0.9]
    claims = [_claim(slot, people[n % len(people)], clerk) for n, slot in enumerate(slots)]
    made = Appointment.objects.bulk_create(claims, batch_size=2_000)
    Slot.objects.filter(pk__in=[slot.pk for slot in slots]).update(taken=1)
    events = [
        AppointmentEvent(
            appointment=one, kind=EventKind.BOOKED, at=one.created_at, by=clerk, channel=Channel.DESK, slot=one.slot
        )
        for one in made
    ]
    AppointmentEvent.objects.bulk_create(events, batch_size=2_000)
    _long_past(people[0], clerk, slots[0])


def _claim(slot: Slot, patient: int, clerk: User, **fields) -> Appointment:
    facts = {"status": "booked", "starts_at": slot.starts_at, "ends_at": slot.ends_at, "place": 1} | fields
    asked = slot.starts_at - dt.timedelta(days=7)
    return Appointment(
        slot=slot, patient_id=patient, channel=Channel.DESK, by=clerk, requested_at=asked, created_at=asked, **facts
    )


def _long_past(patient: int, clerk: User, slot: Slot) -> None:
    rows = [
        _claim(
            slot, patient, clerk, status="cancelled", cancelled_at=clock.now(), cancel_cause="patient",
            starts_at=slot.starts_at - dt.timedelta(days=n), ends_at=slot.ends_at - dt.timedelta(days=n),
        )
        for n in range(1, PAST + 1)
    ]  # fmt: skip
    Appointment.objects.bulk_create(rows)


def _measure(bench: Bench, clerk: User, people: int) -> dict[str, float]:
    """p95 in ms of each page."""
    hospital.settle()
    client = Client(HTTP_HOST="localhost", HTTP_HX_REQUEST="true")
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    tomorrow, site = clock.today() + dt.timedelta(days=1), Site.objects.order_by("pk")[0]
    oldest = Patient.objects.order_by("pk")[0]
    rounds = 20 if bench.quick else 100
    asked = {
        "patient search": (_queries(), 100),
        "day board of 60 by 40": ([_at("day", day=tomorrow, department=f"site-{site.uuid}")] * rounds, 150),
        "Today": ([reverse("admin:index")] * rounds, 150),
        "booking desk of a patient with 500 events": ([_at("booking_desk", patient=oldest.uuid)] * rounds, 150),
    }
    for what, (addresses, _limit) in asked.items():
        client.get(addresses[0])
        with CaptureQueriesContext(connection) as seen:
            client.get(addresses[0])
        most = 12 if "board" in what else None
        bench.add(f"{what}, {people:,} patients, statements", len(seen), "", at_most=most)
    rubbish.settle()  # as a web process does (gunicorn.conf.py)
    return {what: _p95(bench, client.get, what, people, *known) for what, known in asked.items()}


def _at(name: str, **query) -> str:
    return reverse(f"admin:desk:{name}", query=query)


def _p95(bench: Bench, get: Callable, what: str, people: int, addresses: Iterable[str], at_most: float) -> float:
    times = []
    for address in addresses:
        start = time.perf_counter()
        answer = get(address)
        times.append(1_000 * (time.perf_counter() - start))
        rubbish.sweep()  # so does gunicorn, when the answer is out
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answers {answer.status_code}")
    value = quantiles(times, n=20)[-1]
    more = {"p50": round(quantiles(times, n=2)[0], 2), "asked": len(times)}
    bench.add(f"{what}, {people:,} patients, p95", value, "ms", at_most=at_most, more=more)
    return value


def _queries() -> list[str]:
    """Addresses of the search: by name, pinyin, initials, ends of the phone, phone, record number, reference."""
    rng = random.Random(hospital.SEED)
    step = max(1, Patient.objects.count() // ASKED)
    rows = Patient.objects.order_by("pk").values_list("name", "name_pinyin", "record_number", "contact_points__value")
    people = rows[::step] if step > 1 else rows
    references = list(Appointment.objects.order_by("pk").values_list("reference", flat=True)[:ASKED])
    return [_at("found", q=_typed(rng, person, references)) for person in list(people)[:ASKED]]


def _typed(rng: random.Random, person: tuple[str, str, str, str], references: list[str]) -> str:
    name, pinyin, record, phone = person
    initials = "".join(word[0] for word in pinyin.split())
    ways = [name, pinyin.replace(" ", ""), initials, phone[-4:], phone[-7:], phone, record, rng.choice(references)]
    return rng.choice(ways)
