"""From a wall-clock session to slots, and from a slot to when somebody should come: no database."""

import datetime as dt

from common import clock
from scheduling.models import Slot

LONGEST_ARRIVAL = dt.timedelta(minutes=30)  # nobody is asked to come “some time in the morning”


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


def arrival(slot: Slot, place: int = 1) -> tuple[dt.datetime, dt.datetime]:
    """The period in which the patient with that place should come: the slot, or half an hour of a longer one.

    Places are given out in order, so the people of a long slot come one group after the other; whoever was booked
    beyond its capacity comes with the last.
    """
    if slot.ends_at - slot.starts_at <= LONGEST_ARRIVAL:
        return slot.starts_at, slot.ends_at
    pieces = (slot.ends_at - slot.starts_at) // LONGEST_ARRIVAL
    piece = min((place - 1) * pieces // slot.capacity, pieces - 1)
    begins = slot.starts_at + piece * LONGEST_ARRIVAL
    return begins, begins + LONGEST_ARRIVAL
