"""Looking for free places among ten thousand slots and among a million, and making the million."""

import time
from statistics import median

from django.db import connection, connections
from django.db.models import F

from benchmarks import hospital, processes, wrk
from benchmarks.bench import Bench, Side, compare
from benchmarks.processes import Web
from benchmarks.subjects import add_subjects
from benchmarks.wrk import Load
from directory.models import HealthcareService
from scheduling.models import Slot

PRACTITIONERS = 70
DAYS = 14
CLIENTS = 8
PAGE = 50  # slots in an answer, and rows in the reference's
TAKEN = 60  # of a hundred slots, so that a search has something to pass over


def run(bench: Bench) -> None:
    """One service of 70 practitioners for 14 days is asked for, whatever else there is."""
    _device, bench.authorization = hospital.add_key()
    services = _add_clinics(1, 0)
    hospital.open_days(DAYS)
    add_subjects()
    few = search(bench, services[0])
    services += _add_clinics(2 if bench.quick else 13, 1)
    generate(bench, 20 if bench.quick else 103)
    many = search(bench, services[0])
    grown = median(load.p95 for load in many.loads) / median(load.p95 for load in few.loads)
    bench.add("free places, p95 with all slots over p95 with ten thousand", grown, "", at_most=1.5)


def _add_clinics(count: int, number: int) -> list[HealthcareService]:
    services = hospital.add_services(count, PRACTITIONERS, number)
    hospital.add_roster(services, [(8, 12)], minutes=24)  # ten slots a day
    return services


def generate(bench: Bench, days: int) -> None:
    """The roster's sessions and slots with their history rows, through the service that the nightly job calls."""
    start = time.perf_counter()
    made = hospital.open_days(days)
    seconds = time.perf_counter() - start
    more = {"slots": made.slots, "sessions": made.sessions, "seconds": round(seconds, 2)}
    bench.add("a million slots generated", seconds * 1e6 / made.slots, "s", at_most=60, more=more)


def search(bench: Bench, service: HealthcareService) -> Side:
    """Ours against one SELECT of as many rows."""
    _take_some()
    hospital.settle()
    slots = Slot.objects.count()
    connections.close_all()
    path = f"/api/v1/slots/?service={service.uuid}"
    ours = wrk.write_requests(bench.folder / "search.tsv", [("GET", path, "", "")] * 10)
    lines = [("GET", f"/api/reference/read/?after={n * 37 % 9_000}&limit={PAGE}", "", "") for n in range(500)]
    reference = wrk.write_requests(bench.folder / "reference.tsv", lines)
    with processes.web(bench.log()) as web:
        for file in (ours, reference):
            wrk.run(web.base_url, file, clients=CLIENTS, seconds=2, once=False, authorization=bench.authorization)
        side, _reference = compare(
            bench,
            web,
            f"free places, {slots:,} slots",
            ours=lambda n: _send(bench, web, ours),
            reference=lambda n: _send(bench, web, reference),
            at_least=0.5,
        )
    bench.add(f"free places, {slots:,} slots, p95", median(load.p95 for load in side.loads), "ms")
    return side


def _send(bench: Bench, web: Web, file) -> Load:
    return wrk.run(
        web.base_url, file, clients=CLIENTS, seconds=bench.seconds, once=False, authorization=bench.authorization
    )


def _take_some() -> None:
    """As if they were booked; no rows of bookings, because a search reads none of full slots."""
    rows = Slot.objects.extra(where=[f"id %% 100 < {TAKEN}"])
    rows.update(taken=F("capacity"))
    connection.close()
