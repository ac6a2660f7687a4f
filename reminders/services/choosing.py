"""Places to choose from: three by answering with a number, more on a page."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from uuid import UUID

from accounts.models import Channel
from accounts.services.actors import system_user
from common import clock
from messaging.models import Delivery
from scheduling.models import Appointment, Slot
from scheduling.services import free_places
from scheduling.services.free_places import Wish
from scheduling.services.origin import Origin

OFFERED = 3
ON_A_PAGE, ON_A_DAY = 12, 4
READ_FOR_A_PAGE = 200  # places looked through, so that a page names several days and not one full morning
AHEAD = dt.timedelta(days=28)
NOTICE = dt.timedelta(hours=2)  # a place that begins sooner is of no use to who reads a message


def origin() -> Origin:
    """Who answers by message acts through this door."""
    return Origin(system_user(), Channel.SMS)


def near(booking: Appointment, at: dt.datetime) -> list[Slot]:
    """The next places of the same service, first with the same practitioner, as the door for answers may book them."""
    found: dict[int, Slot] = {}
    for slots in _found(booking, at, origin(), limit=20):
        found |= {slot.pk: slot for slot in slots if slot.pk not in found}
        if len(found) >= OFFERED:
            break
    return sorted(list(found.values())[:OFFERED], key=lambda slot: slot.starts_at)


def by_day(booking: Appointment, at: dt.datetime, *, door: Origin, count: int = ON_A_PAGE) -> list[list[Slot]]:
    """Up to `count` places for a page, day by day: with the same practitioner, and only without any of those with
    others. Of a day with many, ON_A_DAY spread over its hours."""
    for slots in _found(booking, at, door, limit=READ_FOR_A_PAGE):
        if slots:
            return list(_spread(slots, count))
    return []


def _found(booking: Appointment, at: dt.datetime, door: Origin, limit: int) -> Iterator[list[Slot]]:
    """With the same practitioner, then with anybody; each the soonest first."""
    first = clock.today(at)
    wish = Wish(first, first + AHEAD, service=booking.slot.service.uuid, limit=limit)
    same = replace(wish, practitioner=booking.slot.session.practitioner.uuid)
    for one in (same, wish):
        page = free_places.search(one, origin=door, at=at)
        slots = (item.slot for item in page.found)
        yield [slot for slot in slots if slot.pk != booking.slot_id and slot.starts_at >= at + NOTICE]


def _spread(slots: list[Slot], count: int) -> Iterator[list[Slot]]:
    for _day, of_day in groupby(slots, key=lambda slot: clock.today(slot.starts_at)):
        rows = list(of_day)
        step = max(1, len(rows) / ON_A_DAY)
        some = [rows[int(n * step)] for n in range(min(len(rows), ON_A_DAY))][:count]
        count -= len(some)
        if some:
            yield some


def as_context(slots: list[Slot]) -> dict[str, list[str]]:
    """What a delivery keeps of them."""
    return {"slots": [str(slot.uuid) for slot in slots]}


def slots_of(delivery: Delivery) -> dict[int, Slot]:
    """By the number under which the message named them; a place that is not there any more leaves a gap."""
    refs = [UUID(ref) for ref in delivery.context["slots"]]
    by_ref = Slot.objects.select_related("session").in_bulk(refs, field_name="uuid")
    return {number: by_ref[ref] for number, ref in enumerate(refs, 1) if ref in by_ref}
