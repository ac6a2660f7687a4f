"""The days on which something can be booked, each with its free places or the reason why there is none.

Slots are judged one by one as a search judges them (`free_places.judge`); a page of days asks of them only what the
rules ask, so they are read without whom and where they name.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from django.db.models import DateField, DateTimeField, Exists, F, OuterRef, QuerySet, Sum, UUIDField

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
from scheduling.models import Session, SessionStatus, Slot

from . import rules
from .free_places import Found, judge
from .origin import Origin
from .page_shares import PageShares, active_rules
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
    begun: bool  # may a place be had in the very moment in which it begins?


def bookable(wish: Wish, *, origin: Origin, count: int = 14, at: dt.datetime | None = None) -> list[Day]:
    """The first `count` days from `wish.first_day` to `wish.last_day` with times that fit the wish, full ones and those
    not released yet too. The days after the last of them: asked again with the day after it as first day.

    Few statements, however many days there are. The wish's cursor and limit say nothing here. Where no channel rule
    speaks and no hold has just ended, the database counts; only days without a place are looked at slot by slot.
    """
    at = at or clock.now()
    services = {service.pk: service for service in services_of(wish, origin.by, at)}
    if not services:
        return []
    asked = _Asked(wish, services, origin.channel, at)
    found = _days(asked, min(count, MOST_DAYS))
    ended = ended_holds(at) if next(iter(services.values())).any_ended else {}
    free = {} if ended or _any_rule_speaks(services) or not found else _counted(asked, found)
    others = [day for day in found if day not in free]
    judged = {one.day: one for one in _judged(asked, others, ended)} if others else {}
    return [Day(day, free[day]) if day in free else judged[day] for day in found if day in free or day in judged]


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


@dataclass(frozen=True)
class _Asked:
    """What is looked for, in which services (by id), through which channel, when."""

    wish: Wish
    services: dict[int, HealthcareService]
    channel: str
    at: dt.datetime

    def shape(self, count: int = 0, *, begun: bool = False) -> _Shape:
        wish = self.wish
        return _Shape(padded_size(self.services), wish.practitioner is not None, wish.part_of_day, count, begun)

    def given(self, first: dt.date, last: dt.date) -> dict[str, object]:
        since = max(clock.day_bounds(self.wish.first_day)[0], self.at)
        lists = padded("service", self.services, padded_size(self.services))
        return lists | {"since": since, "practitioner": self.wish.practitioner, "first": first, "last": last}


def _any_rule_speaks(services: dict[int, HealthcareService]) -> bool:
    some = list(services.values())
    return some[0].any_rules and any(rule.speaks_of(one) for rule in active_rules() for one in some)


def _days(asked: _Asked, count: int) -> list[dt.date]:
    """The first `count` days that have any time."""
    first = max(asked.wish.first_day, clock.today(asked.at))
    return list(_days_statement(asked.shape(count)).rows(**asked.given(first, asked.wish.last_day)))


def _counted(asked: _Asked, days: list[dt.date]) -> dict[dt.date, int]:
    """Day -> free places, of the days that have any."""
    statement = _free_statement(asked.shape(begun=asked.channel in rules.STAFFED))
    return dict(statement.rows(**asked.given(days[0], days[-1]), at=asked.at))


def _judged(asked: _Asked, days: list[dt.date], ended: dict[int, int]) -> list[Day]:
    """These days slot by slot."""
    wanted = set(days)
    rows = [slot for slot in _slots(asked, days) if slot.session.day in wanted]
    shared = PageShares(rows, asked.at)
    found = [judge(slot, asked.channel, asked.at, ended.get(slot.pk, 0), shared) for slot in rows]
    by_day = groupby(found, key=lambda item: item.slot.session.day)
    return [_sum_up(day, list(items), asked.channel, shared) for day, items in by_day]


def _slots(asked: _Asked, days: list[dt.date]) -> list[Slot]:
    """Those between the first and the last of the days, day by day."""
    rows = list(_slots_statement(asked.shape()).rows(**asked.given(days[0], days[-1])))
    for slot in rows:
        _service.set_cached_value(slot, asked.services[slot.service_id])  # as `select_related` does it
    return rows


@lru_cache(maxsize=64)
def _days_statement(shape: _Shape) -> Compiled:
    return Compiled(lambda: _days_query(shape))


@lru_cache(maxsize=64)
def _free_statement(shape: _Shape) -> Compiled:
    return Compiled(lambda: _free_query(shape))


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


def _free_query(shape: _Shape) -> QuerySet:
    """What `rules.check_slot` asks, counted by the database. The service stands in the index of free places."""
    at = Given("at", DateTimeField())
    free = _times(shape).free().filter(
        service__pk__in=given_ids("service", shape.services), session__in=_sessions(shape).order_by().values("pk"),
        session__status=SessionStatus.OPEN, session__released_at__lte=at,
        **{"starts_at__gte" if shape.begun else "starts_at__gt": at},
    )  # fmt: skip
    places = Sum(F("capacity") - F("taken"))
    return free.order_by().values_list("session__day").annotate(places=places)
