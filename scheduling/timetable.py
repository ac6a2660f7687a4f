"""From a wall-clock session to slots: no database."""

import datetime as dt

from common import clock


def span(day: dt.date, starts: dt.time, ends: dt.time) -> tuple[dt.datetime, dt.datetime]:
    """The instants (UTC) between which a session of that wall-clock time lasts on `day`.

    When the clocks jump over its whole length nothing is left: both are equal.
    """
    start, end = clock.at_wall(day, starts), clock.at_wall(day, ends)
    return start, max(start, end)


def cut(starts_at: dt.datetime, ends_at: dt.datetime, minutes: int) -> list[tuple[dt.datetime, dt.datetime]]:
    """Whole slots of `minutes` each, one after the other; what is left over at the end is too short to book.

    Cut in elapsed time, so on a day of 23 or 25 hours slots neither overlap nor differ in length.
    """
    length = dt.timedelta(minutes=minutes)
    count = (ends_at - starts_at) // length
    return [(starts_at + i * length, starts_at + (i + 1) * length) for i in range(count)]
