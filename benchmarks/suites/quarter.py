"""SIMULATION of a quarter: what each part of the loop of reminders does, by switching it off (docs/simulation.md)."""

import gc
from collections import defaultdict
from itertools import islice

from benchmarks.bench import Bench
from benchmarks.quarter import counting, parts, report, staging
from benchmarks.quarter.staging import Result, Size

SEEDS = (1, 2, 3)
QUICK = Size(days=14, past=8)


def run(bench: Bench) -> None:
    """Every run with the same people, seed after seed; the report is printed, the figures are kept."""
    size, seeds = (QUICK, SEEDS[:1]) if bench.quick else (Size(), SEEDS)
    desk = staging.build(size)
    gc.freeze()  # looking through all that is loaded, again and again, takes a fifth of the time
    gc.set_threshold(50_000, 20, 50)
    which = dict(islice(parts.runs().items(), 2 if bench.quick else None))
    found: dict[str, list[Result]] = defaultdict(list)
    for seed in seeds:
        for name, result in staging.run_all(size, seed, which, desk):
            found[name].append(result)
            print(f"seed {seed}, {name}: {result.seconds:.0f} s", flush=True)
        so_far = seeds[: seeds.index(seed) + 1]
        print(report.text(found, size, so_far, is_quick=bench.quick), flush=True)
    for name, results in found.items():
        note(bench, name, results)


def note(bench: Bench, name: str, results: list[Result]) -> None:
    """For the file; as plain dicts, because a Counter does not outlive `asdict`."""
    rates = {key: vars(counting.rate([one.weeks for one in results], key)) for key in counting.RATES}
    seeds = [vars(one) | {"weeks": [dict(week) for week in one.weeks], "done": dict(one.done)} for one in results]
    more = {"rates": rates, "seeds": seeds}
    valid = not any(one.drift for one in results)
    bench.add(f"SIMULATION, {name}: no-shows", rates["no_show"]["value"], "%", more=more, is_valid=valid)
