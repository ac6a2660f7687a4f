"""An experiment: the same bookings under other worker settings of the web server."""

from statistics import median

from django.db import connections

from benchmarks import hospital, processes
from benchmarks.bench import Bench, Side, measure, say
from benchmarks.subjects import add_subjects
from benchmarks.suites.booking import HOT_PATIENTS, PATIENTS, Runs

CLIENTS = 32
ROUNDS = 2
SETTINGS = {
    "2 processes x 4 threads (as shipped)": ("2", "4"),
    "2 processes x 1 thread": ("2", "1"),
    "2 processes x 2 threads": ("2", "2"),
    "3 processes x 2 threads": ("3", "2"),
    "4 processes x 2 threads": ("4", "2"),
    "4 processes x 1 thread": ("4", "1"),
}


def run(bench: Bench) -> None:
    """One round of bookings and one of the reference for each setting, twice over."""
    _device, bench.authorization = hospital.add_key()
    hospital.add_roster(hospital.add_services(14, 5), [(8, 12), (13, 17)], minutes=15)
    hospital.open_days(32)
    hospital.add_patients(PATIENTS + HOT_PATIENTS)
    runs = Runs(bench, add_subjects(), rounds=ROUNDS * len(SETTINGS))
    hospital.settle()
    connections.close_all()
    sides = {name: (Side(), Side()) for name in SETTINGS}
    for _round in range(ROUNDS):
        for name, (workers, threads) in SETTINGS.items():
            _try(bench, runs, name, workers, threads, sides[name])
    for name, (ours, bare) in sides.items():
        valid = ours.is_valid and bare.is_valid
        more = {"ours": ours.as_json(), "reference": bare.as_json()}
        bench.add(f"booking, {name}", median(ours.rates), "/s", more=more, is_valid=valid)
        bench.add(f"the reference, {name}", median(bare.rates), "/s")


def _try(bench: Bench, runs: Runs, name: str, workers: str, threads: str, sides: tuple[Side, Side]) -> None:
    say(name)
    with processes.web(bench.log(), WEB_CONCURRENCY=workers, WEB_THREADS=threads) as web:
        runs.warm(web)
        measure(bench, web, sides[1], lambda: runs.refer(web, CLIENTS))
        measure(bench, web, sides[0], lambda: runs.book(web, CLIENTS))
