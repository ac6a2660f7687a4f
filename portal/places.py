"""Free places that could stand in for a visit: days first, then the times of one day. With the same practitioner, and
with anybody when the reader wants that or when that practitioner has none."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from common import clock
from portal import times
from scheduling.models import Appointment, Slot
from scheduling.models.waitlist import PartOfDay
from scheduling.services import free_places
from scheduling.services.free_places import Wish
from scheduling.services.origin import Origin

DAYS = 12  # on one page
AHEAD = dt.timedelta(days=60)
READ = 400  # places in one statement
ON_A_DAY = 200
_HALVES = {True: PartOfDay.MORNING.label, False: PartOfDay.AFTERNOON.label}


@dataclass(frozen=True)
class Choice:
    """days: (date, free places). later: the first day of the next page. is_anybody: also with other practitioners."""

    days: list[tuple[dt.date, int]]
    later: dt.date | None
    is_anybody: bool


def days(booking: Appointment, first: dt.date, *, anybody: bool, origin: Origin, at: dt.datetime) -> Choice:
    """The next days with a free place from `first` on."""
    wish = _wish(booking, max(first, clock.today(at)), anybody=anybody)
    found = _days(wish, booking, origin, at)
    if not found and not anybody:
        return days(booking, first, anybody=True, origin=origin, at=at)
    return Choice(found[:DAYS], found[DAYS][0] if len(found) > DAYS else None, anybody)


def _days(wish: Wish, booking: Appointment, origin: Origin, at: dt.datetime) -> list[tuple[dt.date, int]]:
    """One more than fit, so that the page knows whether there are more."""
    counted: dict[dt.date, int] = {}
    for slot in _free(wish, booking, origin, at):
        day = clock.today(slot.starts_at)
        if day not in counted and len(counted) > DAYS:
            break
        counted[day] = counted.get(day, 0) + 1
    return list(counted.items())


def _free(wish: Wish, booking: Appointment, origin: Origin, at: dt.datetime) -> Iterator[Slot]:
    """All that fit, page by page; without the place that the booking has."""
    while True:
        page = free_places.search(wish, origin=origin, at=at)
        yield from (one.slot for one in page.found if one.slot.pk != booking.slot_id)
        if not page.cursor:
            return
        wish = replace(wish, after=page.cursor)


def of_day(
    booking: Appointment, day: dt.date, *, anybody: bool, origin: Origin, at: dt.datetime
) -> list[tuple[Any, list[Slot]]]:
    """(half of the day, places) of that day."""
    wish = replace(_wish(booking, day, anybody=anybody), last_day=day, limit=ON_A_DAY)
    found = free_places.search(wish, origin=origin, at=at).found
    slots = [one.slot for one in found if one.slot.pk != booking.slot_id]
    return [
        (_HALVES[early], list(some))
        for early, some in groupby(slots, key=lambda slot: times.is_morning(slot.starts_at))
    ]


def find(booking: Appointment, ref: UUID) -> Slot | None:
    """A place of the same service, free or not."""
    return Slot.objects.with_session().filter(uuid=ref, service=booking.slot.service_id).first()


def _wish(booking: Appointment, first: dt.date, *, anybody: bool) -> Wish:
    slot = booking.slot
    who = None if anybody else slot.session.practitioner.uuid
    return Wish(first, first + AHEAD, service=slot.service.uuid, practitioner=who, limit=READ)
