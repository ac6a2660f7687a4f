"""What every suite uses: a folder, how long to measure, and interleaved rounds of two sides."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks import processes
from benchmarks.findings import Finding, spread
from benchmarks.processes import Web
from benchmarks.wrk import Load


@dataclass
class Bench:
    """One suite's run on one database. quick: fewer and shorter rounds, for trying it out; not a result."""

    folder: Path
    database: str
    quick: bool = False
    postgres_pid: int | None = None
    authorization: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def rounds(self) -> int:
        """How often each side of a comparison is measured."""
        return 2 if self.quick else 5

    @property
    def seconds(self) -> float:
        """How long a round lasts."""
        return 2 if self.quick else 6

    def add(self, what: str, value: float, unit: str = "", **more) -> Finding:
        """Note a figure and show it."""
        finding = Finding(what, value, unit, **more)
        self.findings.append(finding)
        say(f"{what}: {value:,.3f} {unit} {finding.target} {finding.verdict}")
        return finding

    def log(self) -> Path:
        """Where the web processes write."""
        return self.folder / "web.log"


@dataclass
class Side:
    """One of the two things compared, over its rounds."""

    loads: list[Load] = field(default_factory=list)
    python: list[float] = field(default_factory=list)  # processor ms per good answer
    database: list[float] = field(default_factory=list)

    @property
    def rates(self) -> list[float]:
        """Good answers a second, by round."""
        return [load.per_second for load in self.loads]

    @property
    def is_valid(self) -> bool:
        """Every round was answered as expected."""
        return all(load.is_valid for load in self.loads)

    def as_json(self) -> dict:
        """For the file."""
        return {
            "per_second": [round(rate, 1) for rate in self.rates],
            "p50_ms": [load.p50 for load in self.loads],
            "p95_ms": [load.p95 for load in self.loads],
            "p99_ms": [load.p99 for load in self.loads],
            "answers": [load.answers for load in self.loads],
            "lost": [load.lost for load in self.loads],
            "samples": [load.samples for load in self.loads if load.samples],
            "python_ms": [round(value, 3) for value in self.python],
            "database_ms": [round(value, 3) for value in self.database],
            "client_ms": [round(1000 * load.cpu / max(load.good, 1), 3) for load in self.loads],
        }


def measure(bench: Bench, web: Web, side: Side, send: Callable[[], Load]) -> None:
    """One round of one side, with what it cost in processor time."""
    python = processes.cpu_seconds(web.pid)
    database = processes.cpu_seconds(bench.postgres_pid) if bench.postgres_pid else 0.0
    load = send()
    per_answer = 1000 / max(load.good, 1)
    side.loads.append(load)
    side.python.append((processes.cpu_seconds(web.pid) - python) * per_answer)
    if bench.postgres_pid:
        side.database.append((processes.cpu_seconds(bench.postgres_pid) - database) * per_answer)
    bad = f" UNEXPECTED {load.bad} lost {load.lost} {load.samples}" if not load.is_valid else ""
    say(f"  {load.per_second:8,.0f}/s  p95 {load.p95:6.1f} ms  python {side.python[-1]:.2f} ms{bad}")


def compare(
    bench: Bench,
    web: Web,
    what: str,
    *,
    ours: Callable[[int], Load],
    reference: Callable[[int], Load],
    at_least: float | None,
    rounds: int | None = None,
) -> tuple[Side, Side]:
    """Ratio of ours to the reference, in interleaved rounds; the callables get the round's number."""
    mine, theirs = Side(), Side()
    say(what)
    for number in range(rounds or bench.rounds):
        measure(bench, web, theirs, lambda n=number: reference(n))
        measure(bench, web, mine, lambda n=number: ours(n))
    ratios = [a / b if b else 0.0 for a, b in zip(mine.rates, theirs.rates, strict=True)]
    more = {"ours": mine.as_json(), "reference": theirs.as_json(), "ratios": [round(ratio, 3) for ratio in ratios]}
    more["noise"] = round(spread(theirs.rates), 3)
    valid = mine.is_valid and theirs.is_valid
    bench.add(f"{what}, of the reference", median(ratios), "", at_least=at_least, more=more, is_valid=valid)
    bench.add(f"{what}", median(mine.rates), "/s", is_valid=valid)
    bench.add(f"{what}: the reference", median(theirs.rates), "/s", more={"spread": spread(theirs.rates)})
    return mine, theirs


def say(text: str) -> None:
    """Progress, beside the result."""
    print(text, file=sys.stderr, flush=True)
