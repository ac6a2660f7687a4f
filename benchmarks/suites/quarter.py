"""SIMULATION of a quarter: what each part of the loop of reminders does, by switching it off (docs/simulation.md)."""

import time
from itertools import islice
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.quarter import counting, parts, report, staging
from benchmarks.quarter.staging import Result, Size

SEED = 1
QUICK = Size(weeks=2, warm=1, practitioners=1, people=100)


def run(bench: Bench) -> None:
    """Every run with the same people; the report is printed, and kept beside the figures."""
    size = QUICK if bench.quick else Size()
    desk = staging.build(size)
    found: dict[str, Result] = {}
    for name, which in islice(parts.runs().items(), 2 if bench.quick else None):
        begun = time.perf_counter()
        found[name] = staging.run(size, SEED, which, desk)
        _note(bench, name, found[name], time.perf_counter() - begun)
    text = report.text(found, size, SEED, is_quick=bench.quick)
    print(text, flush=True)
    if not bench.quick:
        (Path(__file__).parent.parent / "results" / "quarter-simulation.md").write_text(text, encoding="utf-8")


def _note(bench: Bench, name: str, result: Result, seconds: float) -> None:
    rates = {key: vars(counting.rate(result.weeks, key)) for key in counting.RATES}
    more = {"rates": rates, "weeks": [dict(week) for week in result.weeks], "seconds": seconds, "visits": result.visits}
    valid = result.drift == 0
    bench.add(f"SIMULATION, {name}: no-shows", rates["no_show"]["value"], "%", more=more, is_valid=valid)
