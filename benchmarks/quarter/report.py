"""The report of a simulation, in Markdown, which says that it is one. Pure Python."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from benchmarks.quarter.counting import CALLS, MESSAGES, RISK_CALLS, RISK_FROM, Figure, a_week, difference, rate

BEFORE, AFTER = 22.3, 9.7  # the mission's figures to beat, per cent of no-shows
GENEVA = 28  # per cent of cancelled places reused (Geneva 2010)


class Ran(Protocol):
    """What a run left."""

    weeks: list[Counter]
    drift: int


Found = Mapping[str, Sequence[Ran]]  # by name, a run for each seed


def text(found: Found, size: object, seeds: Sequence[int], *, is_quick: bool = False) -> str:
    """The first run is that with everything on; the others are told against it."""
    quick = " QUICK: too short to be quoted." if is_quick else ""
    lines = [
        f"**SIMULATION.**{quick} Invented patients who decide by published or assumed probabilities; no real hospital.",
        f"Seeds {', '.join(map(str, seeds))}; {size}. Mean of the seeds; in brackets the lowest and the highest.",
        "",
        "| run | no-shows % | against everything on, points | cancelled % | cancelled places refilled % "
        "| places used % | missed, booked again % |",
        "|---|---|---|---|---|---|---|",
        *_rows(found),
        "",
        "| run | messages a week | calls a week | of them to those at risk | spoken to as at risk, % of visits "
        "| the riskiest begin at a risk of, % |",
        "|---|---|---|---|---|---|",
        *_work(found),
        "",
        *([] if is_quick else [verdict(_weeks(next(iter(found.values()))))]),
        f"Geneva reused {GENEVA} % of its cancelled places. Drift of the pool in all runs: {drift(found)}.",
    ]
    return "\n".join(lines) + "\n"


def drift(found: Found) -> int:
    """Of the pool, in all runs together."""
    return sum(ran.drift for runs in found.values() for ran in runs)


def _weeks(runs: Sequence[Ran]) -> list[list[Counter]]:
    return [ran.weeks for ran in runs]


def _rows(found: Found) -> list[str]:
    on = next(iter(found.values()))
    return [_row(name, _weeks(runs), _weeks(on)) for name, runs in found.items()]


def _row(name: str, weeks: list[list[Counter]], on: list[list[Counter]]) -> str:
    points = "" if weeks == on else str(difference(on, weeks, "no_show"))
    rates = [str(rate(weeks, key)) for key in ("cancelled", "refilled", "used", "rebooked")]
    return f"| {' | '.join([name, str(rate(weeks, 'no_show')), points, *rates])} |"


def _work(found: Found) -> list[str]:
    rows = []
    for name, runs in found.items():
        counts = [_a_week(runs, what) for what in (MESSAGES, CALLS, RISK_CALLS)]
        of_visits, begins = str(rate(_weeks(runs), "at_risk")), _a_week(runs, RISK_FROM)
        rows.append(f"| {' | '.join([name, *counts, of_visits, begins])} |")
    return rows


def _a_week(runs: Sequence[Ran], what: str) -> str:
    return str(Figure.of([a_week(ran.weeks, what) for ran in runs]))


def verdict(runs: Sequence[Sequence[Counter]]) -> str:
    """Against the figures to beat, whichever way it goes."""
    value = rate(runs, "no_show").value
    said = "beats it" if value < AFTER else "does NOT reach it"
    return f"To beat: {BEFORE} % -> {AFTER} %. Everything on gives {value:.1f} %: the simulation {said}."
