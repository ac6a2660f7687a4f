"""POST /appointments/ with all its work, against one SELECT and one INSERT."""

import json
from collections.abc import Iterable
from itertools import count, cycle, islice
from statistics import median

from django.db import connection, connections

from benchmarks import hospital, processes, wrk
from benchmarks.bench import Bench, Side, compare, say
from benchmarks.processes import Web
from benchmarks.subjects import add_subjects
from benchmarks.suites import memory
from benchmarks.wrk import Load
from patients.models import Patient
from scheduling.services import pool

PATIENTS = 8_000
PLACES = 500  # of the hot session
HOT_PATIENTS = 2_500
FIRST_HOT_DAY = 100  # days after today, beyond the roster
PREPARED = 700  # requests for each second of a round
WARM = 150  # requests before the first round
ALONE, ALONE_ROUNDS = 600, 3  # requests of one client, and how often it is measured


def run(bench: Bench) -> None:
    """Many slots, one hot slot, one hot session; then memory, and the pool counted again."""
    _device, bench.authorization = hospital.add_key()
    services = hospital.add_services(14, 5)
    hospital.add_roster(services, [(8, 12), (13, 17)], minutes=15)
    hospital.open_days(8 if bench.quick else 32)
    hospital.add_patients(PATIENTS + HOT_PATIENTS)
    subjects = add_subjects()
    hospital.settle()
    runs = Runs(bench, subjects)
    connections.close_all()
    with processes.web(bench.log()) as web:
        runs.warm(web)
        alone(bench, web, runs)
        many_slots(bench, web, runs)
        hot(bench, web, runs)
        memory.web(bench, web)
    memory.worker(bench)
    check(bench)


def alone(bench: Bench, web: Web, runs: "Runs") -> None:
    """What a booking costs while nobody else works: on shared cores the same work takes more processor time."""
    ours, theirs = compare(
        bench, web, "booking, many slots, one client alone",
        ours=lambda n: runs.book(web, 1, ALONE), reference=lambda n: runs.refer(web, 1, ALONE),
        at_least=None, rounds=ALONE_ROUNDS,
    )  # fmt: skip
    bench.add("Python per booking, one client alone", median(ours.python), "ms", at_most=3.0)
    bench.add("Python per request of the reference, one client alone", median(theirs.python), "ms")


def many_slots(bench: Bench, web: Web, runs: "Runs") -> None:
    """8 and 32 clients, every request another slot and another patient."""
    low = 0.70 if connection.vendor == "postgresql" else 0.50
    for clients in (8, 32):
        ours, _theirs = compare(
            bench, web, f"booking, many slots, {clients} clients",
            ours=lambda n, c=clients: runs.book(web, c),
            reference=lambda n, c=clients: runs.refer(web, c),
            at_least=low,
        )  # fmt: skip
        costs(bench, ours, clients)


def costs(bench: Bench, ours: Side, clients: int) -> None:
    """Processor time of one booking."""
    bench.add(f"Python per booking, {clients} clients", median(ours.python), "ms", at_most=3.0)
    if ours.database:
        bench.add(f"PostgreSQL per booking, {clients} clients", median(ours.database), "ms")


def hot(bench: Bench, web: Web, runs: "Runs") -> None:
    """A session of 500 places: as one slot, and as 500 slots."""
    low = 0.40 if connection.vendor == "postgresql" else None
    for kind, slots in (("one slot of 500 places", 1), ("500 slots of one session", PLACES)):
        for clients in (8, 32):
            compare(
                bench, web, f"hot session, {kind}, {clients} clients",
                ours=lambda n, c=clients, s=slots: runs.book_hot(web, c, s),
                reference=lambda n, c=clients: runs.refer(web, c, PLACES),
                at_least=low,
            )  # fmt: skip


def check(bench: Bench) -> None:
    """Everything counted again after the load."""
    drifts = pool.check()
    for drift in drifts[:10]:
        say(str(drift))
    bench.add("check_pool, drift", len(drifts), "", at_most=0)


class Runs:
    """Prepared requests, each used once."""

    def __init__(self, bench: Bench, subjects: list[str], rounds: int | None = None):
        self.bench = bench
        self.subjects = subjects
        self.each = int(bench.seconds * PREPARED)  # for a round; whoever is faster has a shorter round
        wanted = (rounds or 2 * bench.rounds) * (self.each + WARM) + ALONE * ALONE_ROUNDS
        self.pairs = iter(hospital.pairs(PATIENTS, wanted))
        hot = Patient.objects.order_by("pk").values_list("uuid", flat=True)[PATIENTS : PATIENTS + HOT_PATIENTS]
        self.hot_patients = cycle([str(ref) for ref in hot])
        self.keys, self.hot_sessions = count(), count()

    def warm(self, web: Web) -> None:
        """Imports, connections and kept SQL of every process are there before the first round."""
        self._send(web, 8, self._bookings(islice(self.pairs, WARM)), 3)
        self.refer(web, 8, WARM, seconds=3)

    def book(self, web: Web, clients: int, most: int | None = None) -> Load:
        """Bookings of the next pairs, for one round, or so many."""
        bookings = self._bookings(islice(self.pairs, most or self.each))
        return self._send(web, clients, bookings, 6 if most else self.bench.seconds)

    def book_hot(self, web: Web, clients: int, slots: int) -> Load:
        """500 patients for the 500 places of a fresh session, on a day of its own."""
        made = hospital.add_session(FIRST_HOT_DAY + next(self.hot_sessions), slots, PLACES // slots)
        refs = cycle([str(slot.uuid) for slot in made])
        return self._send(web, clients, self._bookings(zip(refs, islice(self.hot_patients, PLACES), strict=False)), 6)

    def refer(self, web: Web, clients: int, most: int | None = None, seconds: float = 6) -> Load:
        """The reference: for one round, or `most` times and no longer than `seconds`."""
        subjects = islice(cycle(self.subjects), most or self.each)
        bodies = (json.dumps({"subject": subject, "text": "because"}) for subject in subjects)
        lines = [("POST", "/api/reference/write/", "", body) for body in bodies]
        return self._send(web, clients, lines, seconds if most else self.bench.seconds)

    def _bookings(self, some: Iterable[tuple[str, str]]) -> list[tuple[str, str, str, str]]:
        return [
            ("POST", "/api/v1/appointments/", f"bench-{next(self.keys)}", json.dumps({"slot": slot, "patient": person}))
            for slot, person in some
        ]

    def _send(self, web: Web, clients: int, lines: list[tuple[str, str, str, str]], seconds: float) -> Load:
        file = wrk.write_requests(self.bench.folder / "requests.tsv", lines)
        return wrk.run(web.base_url, file, clients=clients, seconds=seconds, authorization=self.bench.authorization)
