"""Shares with what chance allows for: Wilson's interval, and Newcombe's for the difference of two.

E. B. Wilson 1927, doi 10.1080/01621459.1927.10502953; R. G. Newcombe 1998, Stat. Med. 17:873-890, method 10,
doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I. They hold for few people and shares near 0 or 1.
"""

from dataclasses import dataclass
from math import hypot, sqrt

Z = 1.959964  # of 95 %


@dataclass(frozen=True)
class Proportion:
    """So many of so many. Only asked for its value where `total` is not 0."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """Between 0 and 1."""
        return self.count / self.total

    @property
    def percent(self) -> float:
        """In a hundred."""
        return 100 * self.value

    @property
    def interval(self) -> tuple[float, float]:
        """In 95 of 100 such samples the true share lies between these."""
        square = Z**2 / self.total
        middle = self.value + square / 2
        half = Z * sqrt(self.value * (1 - self.value) / self.total + square / (4 * self.total))
        return (middle - half) / (1 + square), (middle + half) / (1 + square)


def difference(one: Proportion, other: Proportion) -> tuple[float, float, float]:
    """(one − other, and its 95 % interval: low, high)."""
    gap = one.value - other.value
    (low_one, high_one), (low_other, high_other) = one.interval, other.interval
    low = gap - hypot(one.value - low_one, high_other - other.value)
    high = gap + hypot(high_one - one.value, other.value - low_other)
    return gap, low, high
