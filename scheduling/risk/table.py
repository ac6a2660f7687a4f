"""Bookings as columns of numbers, and the moments that decide what may be known of each. No Django here."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

DAY = 86_400  # seconds
QUARTER = 900  # seconds: no zone has changed its offset at another minute of the hour since 1970
UNKNOWN, CAME, MISSED = -1, 0, 1  # outcomes
NO_BIRTH = -(10**12)  # seconds; where the birth date is not known
ROW = np.dtype(
    [
        ("pk", "i8"),
        ("patient", "i8"),
        ("service", "i4"),
        ("department", "i4"),
        ("starts", "i8"),  # seconds since 1970 in UTC, as the next two
        ("asked", "i8"),
        ("made", "i8"),
        ("born", "i8"),
        ("outcome", "i1"),
        ("sex", "i1"),
        ("open", "i1"),
    ]
)
SEXES = ("female", "male", "other", "unknown")


@dataclass
class Table:
    """Bookings of any order. offset: seconds that the hospital's clocks are ahead of UTC at a moment (vectorised).

    at: seconds since 1970 in UTC when the score moment of none may be later, for bookings whose moment is to come.
    """

    rows: np.ndarray
    offset: Callable[[np.ndarray], np.ndarray]
    at: int | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def day(self) -> np.ndarray:
        """The visit's day by the hospital's calendar, in days since 1970."""
        return self._day(self.rows["starts"])

    @cached_property
    def asked(self) -> np.ndarray:
        """When it was asked for, in seconds by the hospital's clocks."""
        return self.rows["asked"] + self.offset(self.rows["asked"])

    @cached_property
    def asked_day(self) -> np.ndarray:
        """The day on which it was asked for; a visit entered afterwards counts as asked for on its own day."""
        return np.minimum(self.asked // DAY, self.day).astype(np.int32)

    @cached_property
    def lead(self) -> np.ndarray:
        """Days between asking and visit."""
        return self.day - self.asked_day

    @cached_property
    def made(self) -> np.ndarray:
        """When the booking came to be, in seconds by the hospital's clocks."""
        return self.rows["made"] + self.offset(self.rows["made"])

    @cached_property
    def moment(self) -> np.ndarray:
        """The score moment: the first second of the day before the visit, or the booking when that is later.

        In seconds by the hospital's clocks.
        """
        moment = np.maximum(self.made, (self.day.astype(np.int64) - 1) * DAY)
        if self.at is None:
            return moment
        at = np.array([self.at])
        return np.minimum(moment, at + self.offset(at))

    @cached_property
    def known_until(self) -> np.ndarray:
        """The day of the score moment: outcomes of days before it are known, those of it and later are not."""
        return np.minimum(self.moment // DAY, self.day).astype(np.int32)

    @cached_property
    def is_known(self) -> np.ndarray:
        """Whether it has an outcome at all."""
        return self.rows["outcome"] != UNKNOWN

    @property
    def missed(self) -> np.ndarray:
        """1.0 for a no-show; meaningful where `is_known`."""
        return (self.rows["outcome"] == MISSED).astype(np.float64)

    @cached_property
    def age(self) -> np.ndarray:
        """Full years on the day of the visit, to a day; -1 where the birth date is not known."""
        years = np.floor((self.day - self.rows["born"] // DAY) / 365.2425)
        return np.where(self.rows["born"] == NO_BIRTH, -1, np.clip(years, 0, 120)).astype(np.float32)

    def _day(self, seconds: np.ndarray) -> np.ndarray:
        return ((seconds + self.offset(seconds)) // DAY).astype(np.int32)


def offsets(zone: dt.tzinfo) -> Callable[[np.ndarray], np.ndarray]:
    """The offset of a zone from UTC in seconds, asked once for each quarter of an hour that occurs."""

    def of(seconds: np.ndarray) -> np.ndarray:
        quarters, where = np.unique(seconds // QUARTER, return_inverse=True)
        moments = (dt.datetime.fromtimestamp(int(quarter) * QUARTER, zone) for quarter in quarters)
        found = np.fromiter((int(at.utcoffset().total_seconds()) for at in moments), np.int64, len(quarters))
        return found[where]

    return of


def number_of(day: dt.date) -> int:
    """Days since 1970."""
    return (day - dt.date(1970, 1, 1)).days
