"""The figures of a run, by week, and how sure they are. Pure Python."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

ROUNDS = 1_000


@dataclass
class Week:
    """What happened to the visits of one week; each count by its name."""

    counts: Counter = field(default_factory=Counter)


@dataclass(frozen=True)
class Rate:
    """Per cent, with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.1f} ({self.low:.1f} to {self.high:.1f})"


MISSED, CAME, CANCELLED, BOOKED, REFILLED, CALLS, MESSAGES, REBOOKED = (
    "missed", "came", "cancelled", "booked", "refilled", "calls", "messages", "rebooked",
)  # fmt: skip
RATES = {
    "no_show": ((MISSED,), (MISSED, CAME)),  # no-shows / (arrived + no-shows); cancellations are left out
    "cancelled": ((CANCELLED,), (BOOKED,)),
    "refilled": ((REFILLED,), (CANCELLED,)),
    "rebooked": ((REBOOKED,), (MISSED,)),
}


def share(weeks: Sequence[Counter], name: str) -> float:
    """Per cent of a rate over these weeks; 0 of nothing."""
    above, below = RATES[name]
    whole = sum(week[part] for week in weeks for part in below)
    return 100 * sum(week[part] for week in weeks for part in above) / whole if whole else 0.0


def rate(weeks: Sequence[Counter], name: str) -> Rate:
    """With the interval of a bootstrap by week."""
    return _interval(share(weeks, name), [share(some, name) for some in _resampled(list(weeks))])


def difference(on: Sequence[Counter], off: Sequence[Counter], name: str) -> Rate:
    """Points more with the part off; the same weeks of both runs are drawn together."""
    pairs = list(zip(on, off, strict=True))
    drawn = [share([b for _a, b in some], name) - share([a for a, _b in some], name) for some in _resampled(pairs)]
    return _interval(share(off, name) - share(on, name), drawn)


def _resampled(rows: list) -> list[list]:
    rng = random.Random(95)
    return [rng.choices(rows, k=len(rows)) for _round in range(ROUNDS)]


def _interval(value: float, drawn: list[float]) -> Rate:
    drawn.sort()
    return Rate(value, drawn[round(0.025 * len(drawn))], drawn[round(0.975 * len(drawn)) - 1])
