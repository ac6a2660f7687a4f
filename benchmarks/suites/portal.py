"""The pages on which patients book, against a page that only draws twenty rows; their growth; the waiting room; and a
booking by form against one by API.

Asked through Django's own client in this process: every middleware, view and template, without the network.
"""

import json
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from statistics import median, quantiles

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services import turnstiles
from benchmarks import hospital
from benchmarks.bench import Bench
from benchmarks.subjects import add_subjects
from common import clock, rubbish
from directory.models import HealthcareService
from patients.models import Patient, PortalAccount
from portal import acting, journey, line, visitor
from scheduling.models import Appointment, Slot
from scheduling.services import holds

SERVICES, PRACTITIONERS, DAYS = 24, 6, 14  # 40 times a day each: 80,640 slots
REFERENCE = "/reference/page/"
GROWTH = 1.5


def run(bench: Bench) -> None:
    """Everything at both sizes, then their ratio; the acts at the larger."""
    small, large = (1_000, 5_000) if bench.quick else (10_000, 1_000_000)
    call_command("collectstatic", interactive=False, verbosity=0)  # pages name files by their fingerprints
    settings.PORTAL_PER_SECOND = 0  # more come here in a second than anywhere
    _device, bench.authorization = hospital.add_key()
    hospital.add_roster(hospital.add_services(SERVICES, PRACTITIONERS), [(8, 18)], minutes=15)
    hospital.open_days(DAYS)
    add_subjects()
    hospital.add_patients(small)
    few = _pages(bench, small)
    hospital.add_patients(large - small, seed=hospital.SEED + 1)
    many = _pages(bench, large)
    for what, value in few.items():
        bench.add(f"{what}, p95 at {large:,} over {small:,}", many[what] / value, "", at_most=GROWTH)
    _line(bench)
    _bookings(bench)


@dataclass
class Someone:
    """A patient who is signed in, with a client of their own."""

    client: Client
    patient: Patient
    account: PortalAccount


def _someone(number: int = 0) -> Someone:
    """The patient with that number, counted from the first."""
    patient = Patient.objects.order_by("pk")[number]
    phone = f"+86139{number:08d}"
    linked = {"patient": patient, "way": "phone", "linked_at": clock.now()}
    account, _made = PortalAccount.objects.get_or_create(phone=phone, defaults=linked)
    client = Client(HTTP_HOST="localhost")
    session = client.session
    session[visitor.KEY] = visitor.signed_in(account)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return Someone(client, patient, account)


def _pages(bench: Bench, people: int) -> dict[str, float]:
    """p95 in ms of each page; its requests a second against those of the reference; its statements."""
    hospital.settle()
    who = _someone()
    found = {}
    for what, address in _addresses(who).items():
        answer = who.client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answers {answer.status_code}")
        with CaptureQueriesContext(connection) as seen:
            who.client.get(address)
        bench.add(f"{what}, {people:,} patients, statements", len(seen), "", at_most=8)
        found[what] = _against_reference(bench, f"{what}, {people:,} patients", who.client, address)
    return found


def _addresses(who: Someone) -> dict[str, str]:
    service = HealthcareService.objects.order_by("pk")[0]
    slot = Slot.objects.free().filter(service=service).order_by("starts_at")[50]
    kept = journey.held_for(who.patient) or holds.hold(
        slot=slot, patient=who.patient, origin=acting.origin(), minutes=120
    )
    day = clock.local(slot.starts_at).date().isoformat()
    return {
        "first page": reverse("portal:home"),
        "who": reverse("portal:book"),
        "what": reverse("portal:what", args=[who.patient.uuid]),
        "clinic or doctor": reverse("portal:which", args=[who.patient.uuid, service.department.uuid]),
        "days": reverse("portal:dates", args=[who.patient.uuid, service.uuid]),
        "times": reverse("portal:times", args=[who.patient.uuid, service.uuid, day]),
        "check": reverse("portal:check", args=[kept.uuid]),
    }


def _against_reference(bench: Bench, what: str, client: Client, address: str) -> float:
    rounds = 20 if bench.quick else 150
    rubbish.settle()  # as a web process does (gunicorn.conf.py)
    mine, theirs = _in_turn(lambda: client.get(address), lambda: client.get(REFERENCE), rounds)
    bench.add(f"{what}, of the reference", median(theirs) / median(mine), "", at_least=0.30)
    value = 1_000 * quantiles(mine, n=20)[-1]
    bench.add(f"{what}, p95", value, "ms", more={"p50": round(1_000 * median(mine), 2), "asked": rounds})
    return value


def _in_turn(mine: Callable, theirs: Callable, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each call of one and of the other, in turn, so that both see the same machine."""
    found: tuple[list[float], list[float]] = [], []
    for _n in range(rounds):
        for times, call in zip(found, (mine, theirs), strict=True):
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
            rubbish.sweep()  # so does gunicorn, when the answer is out
    return found


def _line(bench: Bench) -> None:
    """What it costs to ask for one's place in line, against drawing a page of the journey."""
    who, other = _someone(), _someone(1)
    with _door(0.1):
        for _n in range(100):
            turnstiles.take(line.NAME, per_second=settings.PORTAL_PER_SECOND)
        place, page = line.PATH, reverse("portal:what", args=[who.patient.uuid])
        turn = line.Turn(who.account.pk, clock.now().replace(year=clock.now().year + 1))
        other.client.cookies[line.COOKIE] = line.written(turn)
        with CaptureQueriesContext(connection) as seen:
            if other.client.get(place).json()["ahead"] < 1:
                raise RuntimeError("nobody stands in line")
        bench.add("place in line, statements", len(seen), "", at_most=0)
        rounds = 50 if bench.quick else 300
        asks, draws = _in_turn(lambda: other.client.get(place), lambda: who.client.get(page), rounds)
    bench.add("place in line, of a page of the journey", median(draws) / median(asks), "", at_least=5)


@contextmanager
def _door(per_second: float):
    """With the waiting room in use."""
    before, settings.PORTAL_PER_SECOND = settings.PORTAL_PER_SECOND, per_second
    yield
    settings.PORTAL_PER_SECOND = before


def _bookings(bench: Bench) -> None:
    """A place kept and then booked: by the portal's two forms, and by the API's two calls."""
    rounds = 20 if bench.quick else 200
    slots = cycle(Slot.objects.free().select_related("service", "session").order_by("-starts_at", "pk")[: rounds * 2])
    visitors = iter([_someone(number) for number in range(2, rounds + 2)])
    others = iter(Patient.objects.order_by("-pk")[:rounds])
    api = Client(HTTP_HOST="localhost", HTTP_AUTHORIZATION=bench.authorization)
    forms, calls = _in_turn(
        lambda: _by_form(next(visitors), next(slots)), lambda: _by_api(api, next(others), next(slots)), rounds
    )
    made = Appointment.objects.filter(status="booked").count()
    bench.add(
        "booking by form, of the same by the API",
        median(calls) / median(forms),
        "",
        at_least=0.50,
        is_valid=made == 2 * rounds,
    )
    bench.add("booking by form: keep and confirm", 1_000 * median(forms), "ms")


def _by_form(who: Someone, slot: Slot) -> None:
    address = reverse("portal:times", args=[who.patient.uuid, slot.service.uuid, slot.session.day.isoformat()])
    answer = who.client.post(address, {"choice": slot.uuid})
    who.client.post(answer["Location"])


def _by_api(api: Client, patient: Patient, slot: Slot) -> None:
    body = {"slot": str(slot.uuid), "patient": str(patient.uuid)}
    kept = _send(api, "/api/v1/holds/", body, 201)
    _send(api, f"/api/v1/appointments/{kept['id']}/confirm/", {}, 200)


def _send(api: Client, path: str, body: dict, status: int) -> dict:
    key = f"bench-{time.perf_counter_ns()}"
    answer = api.post(path, json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key})
    if answer.status_code != status:
        raise RuntimeError(f"{path} answers {answer.status_code}: {answer.content[:200]}")
    return answer.json()
