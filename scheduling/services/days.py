"""The days on which something can be booked, each with its free places or the reason why there is none.

Slots are judged one by one as a search judges them (`free_places.judge`); a page of days asks of them only what the
rules ask, so they are read without whom and where they name.
"""

import datetime as dt
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from django.db.models import DateField, DateTimeField, Exists, OuterRef, QuerySet, UUIDField

from common import clock
from common.compiled import Compiled, Given
from common.errors import Refusal
from directory.models import HealthcareService
from scheduling.errors import (
    ChannelNotOpen,
    ChannelReserved,
    ChannelShareUsed,
    NotReleased,
    SessionStopped,
    SlotBlocked,
    SlotFull,
)
from scheduling.models import Session, Slot

from .free_places import Found, judge
from .origin import Origin
from .page_shares import PageShares
from .wishes import Wish, ended_holds, given_ids, in_part, padded, padded_size, services_of

MOST_DAYS = 62
_service = Slot._meta.get_field("service")
# Of several reasons the one that leaves most hope: a place to come, then a place that may be given back.
_HOPE = (NotReleased, ChannelNotOpen, ChannelReserved, ChannelShareUsed, SlotFull, SlotBlocked, SessionStopped)


@dataclass(frozen=True)
class Day:
    """A day, how many places the channel may take on it, and when none, the refusal that says why."""

    day: dt.date
    free: int
    why: Refusal | None = None


@dataclass(frozen=True)
class _Shape:
    """Which questions are asked; those of one shape share their SQL."""

    services: int
    practitioner: bool
    part_of_day: str
    count: int


def bookable(wish: Wish, *, origin: Origin, count: int = 14, at: dt.datetime | None = None) -> list[Day]:
    """The first `count` days from `wish.first_day` to `wish.last_day` with times that fit the wish, full ones and those
    not released yet too. The days after the last of them: asked again with the day after it as first day.

    Few statements, however many days there are. The wish's cursor and limit say nothing here.
    """
    at = at or clock.now()
    services = {service.pk: service for service in services_of(wish, origin.by, at)}
    if not services:
        return []
    rows = _slots(wish, services, min(count, MOST_DAYS), at)
    ended = ended_holds(at) if next(iter(services.values())).any_ended else {}
    shared = PageShares(rows, at)
    judged = [judge(slot, origin.channel, at, ended.get(slot.pk, 0), shared) for slot in rows]
    by_day = groupby(judged, key=lambda item: item.slot.session.day)
    return [_sum_up(day, list(items), origin.channel, shared) for day, items in by_day]


def _sum_up(day: dt.date, items: list[Found], channel: str, shared: PageShares) -> Day:
    free: dict[int, int] = {}
    for item in items:
        if item.free:
            session = item.slot.session_id
            free[session] = free.get(session, 0) + item.free
            left = shared.left(item.slot, channel)
            free[session] = free[session] if left is None else min(free[session], left)
    total = sum(free.values())
    return Day(day, total, None if total else _why([item.why for item in items]))


def _why(reasons: list[Refusal]) -> Refusal:
    """The reason that leaves most hope; among equal ones that of the first slot."""
    return min(reasons, key=lambda refusal: _HOPE.index(type(refusal)) if type(refusal) in _HOPE else len(_HOPE))


def _slots(wish: Wish, services: dict[int, HealthcareService], count: int, at: dt.datetime) -> list[Slot]:
    """Those of the first `count` days that have any, day by day."""
    shape = _Shape(padded_size(services), wish.practitioner is not None, wish.part_of_day, count)
    given = padded("service", services, shape.services) | {
        "since": max(clock.day_bounds(wish.first_day)[0], at),
        "practitioner": wish.practitioner,
    }
    first = max(wish.first_day, clock.today(at))
    days = list(_days_statement(shape).rows(first=first, last=wish.last_day, **given))
    if not days:
        return []
    rows = list(_slots_statement(replace(shape, count=0)).rows(first=days[0], last=days[-1], **given))
    for slot in rows:
        _service.set_cached_value(slot, services[slot.service_id])  # as `select_related` does it
    return rows


@lru_cache(maxsize=64)
def _days_statement(shape: _Shape) -> Compiled:
    return Compiled(lambda: _days_query(shape))


@lru_cache(maxsize=64)
def _slots_statement(shape: _Shape) -> Compiled:
    return Compiled(lambda: _slots_query(shape))


def _sessions(shape: _Shape) -> QuerySet[Session]:
    """By day and service, as the index has them; a hospital has fewer sessions than slots."""
    rows = Session.objects.filter(
        day__gte=Given("first", DateField()),
        day__lte=Given("last", DateField()),
        service__pk__in=given_ids("service", shape.services),
    )
    return rows.filter(practitioner__uuid=Given("practitioner", UUIDField())) if shape.practitioner else rows


def _times(shape: _Shape) -> QuerySet[Slot]:
    """Times that have not begun yet."""
    coming = Slot.objects.in_roster().filter(starts_at__gte=Given("since", DateTimeField()))
    return coming.filter(in_part(shape.part_of_day))


def _days_query(shape: _Shape) -> QuerySet:
    some = _times(shape).filter(session=OuterRef("pk"))
    days = _sessions(shape).filter(Exists(some.order_by())).order_by("day")
    return days.values_list("day", flat=True).distinct()[: shape.count]


def _slots_query(shape: _Shape) -> QuerySet[Slot]:
    sessions = _sessions(shape).order_by().values("pk")
    times = _times(shape).filter(session__in=sessions).select_related("session")
    return times.order_by("session__day", "starts_at", "pk")
