"""The report of a simulation, in Markdown, which says that it is one. Pure Python."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from benchmarks.quarter.counting import CALLS, MESSAGES, difference, rate, share

BEFORE, AFTER = 22.3, 9.7  # the mission's figures to beat, per cent of no-shows
GENEVA = 28  # per cent of cancelled places reused (Geneva 2010)


class Ran(Protocol):
    """What a run left."""

    weeks: list[Counter]
    drift: int
    visits: int


def text(found: Mapping[str, Ran], size: object, seed: int, *, is_quick: bool = False) -> str:
    """The first run is that with everything on; the others are told against it."""
    quick = " QUICK: too short to be quoted." if is_quick else ""
    lines = [
        f"**SIMULATION.**{quick} Invented patients who decide by published or assumed probabilities; no real hospital.",
        f"Seed {seed}, {size}. In brackets: 95 %, bootstrap by week.",
        "",
        "| run | no-shows % | against everything on, points | cancelled early % | cancelled places refilled % "
        "| missed, booked again % | calls a week | messages a week |",
        "|---|---|---|---|---|---|---|---|",
        *_rows(found),
        "",
        verdict(next(iter(found.values())).weeks),
        f"Geneva reused {GENEVA} % of its cancelled places. Drift of the pool in all runs: "
        f"{sum(ran.drift for ran in found.values())}.",
    ]
    return "\n".join(lines) + "\n"


def _rows(found: Mapping[str, Ran]) -> list[str]:
    on = next(iter(found.values())).weeks
    return [_row(name, ran.weeks, on) for name, ran in found.items()]


def _row(name: str, weeks: Sequence[Counter], on: Sequence[Counter]) -> str:
    points = "" if weeks is on else str(difference(on, weeks, "no_show"))
    rates = [str(rate(weeks, key)) for key in ("cancelled", "refilled", "rebooked")]
    a_week = [f"{sum(week[what] for week in weeks) / len(weeks):.0f}" for what in (CALLS, MESSAGES)]
    return f"| {' | '.join([name, str(rate(weeks, 'no_show')), points, *rates, *a_week])} |"


def verdict(weeks: Sequence[Counter]) -> str:
    """Against the figures to beat, whichever way it goes."""
    value = share(weeks, "no_show")
    said = "beats it" if value < AFTER else "does NOT reach it"
    return f"To beat: {BEFORE} % -> {AFTER} %. Everything on gives {value:.1f} %: the simulation {said}."
