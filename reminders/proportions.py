"""Shares with their uncertainty. Pure.

The interval is Wilson's: E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of
the American Statistical Association 22 (1927), 209-212. It stays inside 0 and 1, and is honest for few people too.
"""

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054  # of the normal distribution, for 95 %


@dataclass(frozen=True)
class Share:
    """So many of so many. value, low, high: shares between 0 and 1; None of nobody."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's, at 95 %."""
        if not self.of:
            return None
        n, p, z2 = self.of, self.hits / self.of, Z95 * Z95
        middle, half = p + z2 / (2 * n), Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
        low, high = (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)
        return max(0.0, low), min(1.0, high)
