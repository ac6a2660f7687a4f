"""Shares with what chance allows for: Wilson's interval, and Newcombe's for the difference of two.

E. B. Wilson 1927, doi 10.1080/01621459.1927.10502953; R. G. Newcombe 1998, Stat. Med. 17:873-890, method 10,
doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I. They hold for few people and shares near 0 or 1.
"""

from dataclasses import dataclass
from math import hypot, sqrt

Z = 1.959964  # of 95 %


@dataclass(frozen=True)
class Share:
    """So many of so many. value, low, high: between 0 and 1; None of nobody."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def percent(self) -> float | None:
        """In a hundred."""
        return 100 * self.value if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """In 95 of 100 such samples the true share lies between these."""
        if not self.of:
            return None
        n, share, square = self.of, self.hits / self.of, Z * Z
        middle, half = share + square / (2 * n), Z * sqrt(share * (1 - share) / n + square / (4 * n * n))
        return max(0.0, (middle - half) / (1 + square / n)), min(1.0, (middle + half) / (1 + square / n))


def difference(one: Share, other: Share) -> tuple[float, float, float]:
    """(one − other, and its 95 % interval: low, high). Both of somebody."""
    gap = one.value - other.value
    (low_one, high_one), (low_other, high_other) = one.interval, other.interval
    low = gap - hypot(one.value - low_one, high_other - other.value)
    high = gap + hypot(high_one - one.value, other.value - low_other)
    return gap, low, high
