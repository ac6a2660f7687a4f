"""Sums over earlier days, for all rows at once: sorted once, then looked up. What is not earlier is never touched."""

import numpy as np

SPAN = 1 << 20  # more than any number of days since 1970


def codes(*columns: np.ndarray) -> np.ndarray:
    """One number for each combination that occurs."""
    key = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        values, where = np.unique(column, return_inverse=True)
        key = key * (len(values) + 1) + where
    return np.unique(key, return_inverse=True)[1]


class Earlier:
    """Rows by key and day. `sum` adds up what rows of the same key have, of days before the day asked about."""

    def __init__(self, key: np.ndarray, day: np.ndarray, counts: np.ndarray, until: np.ndarray) -> None:
        """counts: which rows count at all. until: for each row, the first day that is not earlier."""
        self._rows = np.flatnonzero(counts)
        place = key[self._rows] * SPAN + day[self._rows]
        self._order = self._rows[np.argsort(place, kind="stable")]
        place.sort()
        self._first = np.searchsorted(place, key * SPAN).astype(np.int32)
        self._last = np.searchsorted(place, key * SPAN + until).astype(np.int32)

    @property
    def count(self) -> np.ndarray:
        """How many earlier rows there are."""
        return self._last - self._first

    def sum(self, values: np.ndarray) -> np.ndarray:
        """Their sum of `values` (one for each row of the table)."""
        sums = np.concatenate([[0.0], np.cumsum(values[self._order], dtype=np.float64)])
        return sums[self._last] - sums[self._first]

    def last(self, values: np.ndarray, default: float) -> np.ndarray:
        """The value of the latest of them; `default` where there is none."""
        if not len(self._order):
            return np.full(len(self._last), default)
        return np.where(self.count > 0, values[self._order[np.maximum(self._last - 1, 0)]], default)
