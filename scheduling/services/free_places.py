"""Looking for places: what is free for this channel, why the rest is not, and how long one has to wait."""

import datetime as dt
from dataclasses import dataclass, replace

from common import clock
from common.errors import Refusal
from scheduling.errors import SlotFull
from scheduling.models import Slot

from . import rules
from .origin import Origin
from .page_shares import PageShares
from .session_shares import places_free
from .wishes import BadCursor, Wish, cursor_of, ended_holds, fitting, services_of

__all__ = [
    "BadCursor",
    "Delay",
    "Found",
    "Page",
    "Wish",
    "first_available",
    "search",
    "third_next_available",
    "why_nothing",
]


@dataclass(frozen=True)
class Found:
    """A slot, the places that this channel may take of it now, and when none, the refusal that says why."""

    slot: Slot
    free: int
    why: Refusal | None = None


@dataclass(frozen=True)
class Page:
    """Some of what was found, soonest first, and the cursor of what follows ("" at the end)."""

    found: list[Found]
    cursor: str = ""


def search(wish: Wish, *, origin: Origin, at: dt.datetime | None = None) -> Page:
    """One page of slots that fit the wish and this channel may book now; few statements, however many there are.

    Pages may be shorter than the limit where a channel rule keeps places. Raises BadCursor.
    """
    at = at or clock.now()
    services = services_of(wish, origin.by, at)
    ended = ended_holds(at) if services and services[0].any_ended else {}
    rows = fitting(wish, services, at, ended)
    some = rows[: wish.limit]
    shared = PageShares(some, at)
    found = [judge(slot, origin.channel, at, ended.get(slot.pk, 0), shared) for slot in some]
    if not wish.include_full:
        found = [item for item in found if item.free]
    return Page(found, cursor_of(some[-1]) if len(rows) > wish.limit else "")


def judge(slot: Slot, channel: str, at: dt.datetime, ended: int, shared: PageShares) -> Found:
    """How many places of this slot `channel` may take now, and why not."""
    try:
        rules.check_slot(slot, channel, at)
        free = places_free(slot.capacity, slot.taken - ended)
        if free == 0:
            raise SlotFull(field="slot")
        return Found(slot, min(free, shared.allowed(slot, channel)))
    except Refusal as refusal:
        return Found(slot, 0, refusal)


def first_available(wish: Wish, *, origin: Origin, at: dt.datetime | None = None) -> Found | None:
    """The soonest place that fits, or None."""
    at = at or clock.now()
    wish = replace(wish, include_full=False, limit=20, after="")
    while True:
        page = search(wish, origin=origin, at=at)
        if page.found or not page.cursor:
            return page.found[0] if page.found else None
        wish = replace(wish, after=page.cursor)


@dataclass(frozen=True)
class Delay:
    """Third next available: how long until the third open place. All None when there are fewer in the horizon.

    days: calendar days, same day 0. business_days: Monday to Friday. Source: IHI; holds do not count as open.
    """

    slot: Slot | None = None
    days: int | None = None
    business_days: int | None = None


def third_next_available(wish: Wish, *, origin: Origin, at: dt.datetime | None = None, nth: int = 3) -> Delay:
    """Days from the wish's first day to the `nth` open slot that fits it."""
    at = at or clock.now()
    open_slots: list[Slot] = []
    wish = replace(wish, include_full=False, limit=50, after="")
    while len(open_slots) < nth:
        page = search(wish, origin=origin, at=at)
        open_slots += [item.slot for item in page.found]
        if not page.cursor:
            break
        wish = replace(wish, after=page.cursor)
    if len(open_slots) < nth:
        return Delay()
    slot = open_slots[nth - 1]
    day = clock.local(slot.starts_at).date()
    days = (day - wish.first_day).days
    weekdays = sum((wish.first_day + dt.timedelta(days=n)).weekday() < 5 for n in range(1, days + 1))
    return Delay(slot, days, weekdays)


def why_nothing(wish: Wish, *, origin: Origin, at: dt.datetime | None = None) -> list[Refusal]:
    """The distinct reasons why the slots that fit the wish cannot be had, the most frequent first; empty when the
    roster has no such slots at all."""
    at = at or clock.now()
    wish = replace(wish, include_full=True, limit=200, after="")
    counted: dict[str, tuple[int, Refusal]] = {}
    for item in search(wish, origin=origin, at=at).found:
        if item.why is not None:
            seen, first = counted.get(item.why.code, (0, item.why))
            counted[item.why.code] = (seen + 1, first)
    return [refusal for _n, refusal in sorted(counted.values(), key=lambda pair: -pair[0])]
