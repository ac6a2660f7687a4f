"""The figures of runs: rates of the weeks of one, and the mean and range over the seeds. Pure Python."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

MISSED, CAME, CANCELLED, BOOKED, REFILLED, REBOOKED, PLACES, AT_RISK, RISK_FROM, CALLS, RISK_CALLS, MESSAGES = (
    "missed", "came", "cancelled", "booked", "refilled", "rebooked", "places", "at risk", "risk from", "calls",
    "risk calls", "messages",
)  # fmt: skip
RATES = {
    "no_show": ((MISSED,), (MISSED, CAME)),  # no-shows / (arrived + no-shows); cancellations are left out
    "cancelled": ((CANCELLED,), (BOOKED,)),
    "refilled": ((REFILLED,), (CANCELLED,)),
    "rebooked": ((REBOOKED,), (MISSED,)),
    "used": ((CAME,), (PLACES,)),
    "at_risk": ((AT_RISK,), (BOOKED,)),
}


@dataclass(frozen=True)
class Figure:
    """One figure over the seeds. It has no more meaning than its range has."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Figure":
        """Mean, lowest, highest."""
        return cls(mean(values), min(values), max(values))

    def __str__(self) -> str:
        return f"{self.value:.1f} ({self.low:.1f} to {self.high:.1f})"


def share(weeks: Sequence[Counter], name: str) -> float:
    """Per cent of a rate over these weeks; 0 of nothing."""
    above, below = RATES[name]
    whole = sum(week[part] for week in weeks for part in below)
    return 100 * sum(week[part] for week in weeks for part in above) / whole if whole else 0.0


def a_week(weeks: Sequence[Counter], what: str) -> float:
    """How many in a week."""
    return sum(week[what] for week in weeks) / len(weeks)


def rate(runs: Sequence[Sequence[Counter]], name: str) -> Figure:
    """Of the same part in several seeds."""
    return Figure.of([share(weeks, name) for weeks in runs])


def difference(on: Sequence[Sequence[Counter]], off: Sequence[Sequence[Counter]], name: str) -> Figure:
    """Points more with the part off: each seed against itself, as its people choose alike in both."""
    return Figure.of([share(b, name) - share(a, name) for a, b in zip(on, off, strict=True)])
