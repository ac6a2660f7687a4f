"""Finding a patient among a million, by phone, by name and by pinyin."""

import time
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from django.db import connections

from benchmarks import hospital, processes, wrk
from benchmarks.bench import Bench, compare
from benchmarks.processes import Web
from benchmarks.subjects import add_subjects
from benchmarks.wrk import Load
from patients.models import ContactPoint, Patient

CLIENTS = 8
ASKED = 2_000  # different requests, repeated


def run(bench: Bench) -> None:
    """Ours against one SELECT of as many rows as our answer has."""
    _device, bench.authorization = hospital.add_key()
    people = 20_000 if bench.quick else 1_000_000
    start = time.perf_counter()
    hospital.add_patients(people)
    bench.add(f"{people:,} patients registered by the importer's service", time.perf_counter() - start, "s")
    add_subjects()
    hospital.settle()
    asked = {kind: requests(bench, kind, values) for kind, values in asked_for().items()}
    connections.close_all()
    with processes.web(bench.log()) as web:
        for kind, (low, rows) in {"phone": (0.6, 1), "name": (0.3, 20), "pinyin": (0.3, 20)}.items():
            look_up(bench, web, f"patient by {kind}, among {people:,}", asked[kind], reference(bench, rows), low)


def asked_for() -> dict[str, list[str]]:
    """Query strings of people who exist, spread over the whole table."""
    step = max(1, Patient.objects.count() // ASKED)
    people = [
        person
        for person in Patient.objects.order_by("pk").values_list("pk", "name", "name_pinyin").iterator()
        if person[0] % step == 0
    ][:ASKED]
    points = ContactPoint.objects.filter(patient__in=[pk for pk, *_names in people]).values_list("value", flat=True)
    return {
        "phone": [f"phone={quote(phone.removeprefix('+86'))}" for phone in points],
        "name": [f"q={quote(name)}" for _pk, name, _pinyin in people],
        "pinyin": [f"q={quote(pinyin.replace(' ', ''))}" for _pk, _name, pinyin in people],
    }


def requests(bench: Bench, kind: str, queries: Iterable[str]) -> Path:
    """The file for the client."""
    lines = [("GET", f"/api/v1/patients/?{query}", "", "") for query in queries]
    return wrk.write_requests(bench.folder / f"{kind}.tsv", lines)


def reference(bench: Bench, rows: int) -> Path:
    """The bare view with as many rows in its answer."""
    lines = [("GET", f"/api/reference/read/?after={n * 37 % 9_000}&limit={rows}", "", "") for n in range(ASKED)]
    return wrk.write_requests(bench.folder / f"reference-{rows}.tsv", lines)


def look_up(bench: Bench, web: Web, what: str, ours: Path, bare: Path, at_least: float) -> None:
    """One comparison, after a warm-up of both."""

    def send(file: Path, seconds: float) -> Load:
        return wrk.run(
            web.base_url, file, clients=CLIENTS, seconds=seconds, once=False, authorization=bench.authorization
        )

    for file in (ours, bare):
        send(file, 2)
    compare(
        bench,
        web,
        what,
        ours=lambda n: send(ours, bench.seconds),
        reference=lambda n: send(bare, bench.seconds),
        at_least=at_least,
    )
