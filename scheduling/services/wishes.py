"""What somebody looks for, and the slots that fit it: the rows of a search, read with kept SQL.

The SQL of a search depends only on which questions are asked, not on their answers, so it is kept per shape
(`common.compiled`). Lists of ids are padded to the next power of two, so that shapes stay few.
"""

import datetime as dt
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import BigIntegerField, Count, DateTimeField, Exists, F, Func, Q, QuerySet, UUIDField
from django.db.models.lookups import GreaterThan

from accounts.models import User
from common import clock
from common.compiled import Compiled, Given
from directory.models import HealthcareService
from scheduling.models import Appointment, ChannelRule, Closure, SessionStatus, Slot
from scheduling.models.waitlist import PartOfDay

_service = Slot._meta.get_field("service")
_FROM_THE_FIRST = dt.datetime.min.replace(tzinfo=dt.UTC), 0
MOST_ENDED = 1024  # ended holds that a search counts as free by itself; the minutely job writes them down


@dataclass(frozen=True)
class Wish:
    """What somebody looks for. Ids are public UUIDs; days are the hospital's, both included.

    include_full: also slots without a place, each with the reason. after: the cursor of the page before.
    """

    first_day: dt.date
    last_day: dt.date
    service: UUID | None = None
    practitioner: UUID | None = None
    department: UUID | None = None
    site: UUID | None = None
    part_of_day: str = PartOfDay.ANY
    include_full: bool = False
    after: str = ""
    limit: int = 50


class BadCursor(ValueError):
    """The cursor was not made by this search."""


@dataclass(frozen=True)
class _Shape:
    """Which questions a search asks; searches of one shape share their SQL."""

    services: int
    ended: int
    practitioner: bool
    part_of_day: str
    include_full: bool
    limit: int


def fitting(wish: Wish, services: list[HealthcareService], at: dt.datetime, ended: dict[int, int]) -> list[Slot]:
    """Up to `limit + 1` slots of these services that fit, soonest first, with session and service.

    Without `include_full` only those with a place in an open, released session; `ended` are slots whose hold has
    ended. Raises BadCursor.
    """
    after = _read_cursor(wish.after) if wish.after else _FROM_THE_FIRST
    by_id = {service.pk: service for service in services}
    if not by_id:
        return []
    shape = _Shape(
        services=padded_size(by_id),
        ended=padded_size(ended),
        practitioner=wish.practitioner is not None,
        part_of_day=wish.part_of_day,
        include_full=wish.include_full,
        limit=wish.limit + 1,
    )
    lists = padded("service", by_id, shape.services) | padded("ended", ended, shape.ended)
    rows = list(_statement(shape).rows(**_values(wish, at, after), **lists))
    for slot in rows:
        _service.set_cached_value(slot, by_id[slot.service_id])  # as `select_related` does it
    return rows


def ended_holds(at: dt.datetime) -> dict[int, int]:
    """Slot id -> holds on it that have ended and are not yet written down."""
    return dict(_ended.rows(at=at))


_ended = Compiled(
    lambda: (
        Appointment.objects.expired_holds(Given("at", DateTimeField()))
        .order_by()
        .values_list("slot_id")
        .annotate(n=Count("pk"))[:MOST_ENDED]
    )
)


def services_of(wish: Wish, by: User, at: dt.datetime) -> list[HealthcareService]:
    """Services in use that fit the wish and lie in the person's scope, with department and site.

    Read first, so that the database walks the index of free places service by service, in order of time. They tell
    as well whether ended holds (`any_ended`) and channel rules (`any_rules`) have to be asked for at all.
    """
    asked = tuple(name for name in ("service", "department", "site", "practitioner") if getattr(wish, name))
    values = {name: getattr(wish, name) for name in asked} | {"at": at}
    if by.sees_everything or _asks_for_own(wish, by):
        return list(_services_statement(asked).rows(**values))
    return list(_services_query(values).visible_to(by))


def _asks_for_own(wish: Wish, by: User) -> bool:
    """A practitioner's own sessions are theirs to see without any scope."""
    own = getattr(by, "practitioner", None) if wish.practitioner else None
    return own is not None and own.uuid == wish.practitioner


@lru_cache(maxsize=16)
def _services_statement(asked: tuple[str, ...]) -> Compiled:
    given = {name: Given(name, UUIDField()) for name in asked} | {"at": Given("at", DateTimeField())}
    return Compiled(lambda: _services_query(given))


def _services_query(values: dict[str, object]) -> QuerySet[HealthcareService]:
    """By public ids, or by what will be given for them."""
    rows = HealthcareService.objects.filter(is_active=True).select_related("department__site").order_by()
    paths = {"service": "uuid", "department": "department__uuid", "site": "department__site__uuid"}
    rows = rows.filter(**{path: values[name] for name, path in paths.items() if name in values})
    if "practitioner" in values and "service" not in values:
        rows = rows.filter(sessions__practitioner__uuid=values["practitioner"]).distinct()
    ended, ruling = Appointment.objects.expired_holds(values["at"]), ChannelRule.objects.filter(is_active=True)
    return rows.annotate(any_ended=Exists(ended), any_rules=Exists(ruling))


class _Row(Func):
    """(starts_at, pk), compared as one, as the index of free places has them.

    PostgreSQL takes two bounds of a column whose values are still open for a narrow window, and would read and sort
    all of it; this comparison it takes for a wide one, which it reads in order of time until the page is full.
    """

    template = "(%(expressions)s)"
    output_field = DateTimeField()


@lru_cache(maxsize=256)
def _statement(shape: _Shape) -> Compiled:
    return Compiled(lambda: _query(shape))


def _query(shape: _Shape) -> QuerySet[Slot]:
    """The rows of a search of this shape; `_values` gives what is left open here."""
    moment, at = DateTimeField(), Given("at", DateTimeField())
    slots = Slot.objects.in_roster().select_related("session__practitioner", "session__location")
    slots = slots.defer("session__practitioner__introduction")  # by far the longest text, and no line of a search
    slots = slots.filter(service__pk__in=given_ids("service", shape.services))
    begin = _Row(Given("since", moment), Given("pk", BigIntegerField()))
    slots = slots.filter(GreaterThan(_Row("starts_at", "pk"), begin), starts_at__lt=Given("until", moment))
    if shape.practitioner:
        slots = slots.filter(session__practitioner__uuid=Given("practitioner", UUIDField()))
    slots = slots.filter(in_part(shape.part_of_day))
    if not shape.include_full:
        slots = slots.filter(_has_place(shape), session__status=SessionStatus.OPEN, session__released_at__lte=at)
    return slots.order_by("starts_at", "pk")[: shape.limit]


def in_part(part_of_day: str) -> Q:
    """True of slots in that part of the day; of all when it does not matter."""
    before_noon = Q(starts_at__hour__lt=12)  # Django compares in the current, that is the hospital's zone
    return {PartOfDay.MORNING: before_noon, PartOfDay.AFTERNOON: ~before_noon}.get(part_of_day, Q())


def _has_place(shape: _Shape) -> Q:
    """A place that nobody claims, or whose hold has ended. Those are few and named one by one: an OR over a subquery
    would cost the index that finds free places."""
    free = Q(closed=Closure.OPEN, taken__lt=F("capacity"))
    return free | Q(pk__in=given_ids("ended", shape.ended), closed=Closure.OPEN) if shape.ended else free


def given_ids(name: str, count: int) -> list[Given]:
    """Room for `count` ids in kept SQL; `padded` names them."""
    return [Given(f"{name}{n}", BigIntegerField()) for n in range(count)]


def _values(wish: Wish, at: dt.datetime, after: tuple[dt.datetime, int]) -> dict[str, object]:
    """When and with whom; whichever is later: the first day, now, or the cursor."""
    start, end = clock.day_bounds(wish.first_day)[0], clock.day_bounds(wish.last_day)[1]
    since, pk = max((max(start, at), 0), after)
    return {"since": since, "pk": pk, "until": end, "at": at, "practitioner": wish.practitioner}


def padded_size(ids: dict) -> int:
    """The next power of two; 0 for none."""
    return 1 << (len(ids) - 1).bit_length() if ids else 0


def padded(name: str, ids: dict, size: int) -> dict[str, int]:
    """The ids by name, the last one repeated until `size` are given."""
    given = list(ids) + list(ids)[-1:] * (size - len(ids))
    return {f"{name}{n}": pk for n, pk in enumerate(given)}


def cursor_of(slot: Slot) -> str:
    """Where the page after this slot begins."""
    return urlsafe_b64encode(f"{slot.starts_at.timestamp():.6f}:{slot.pk}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[dt.datetime, int]:
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, pk = text.split(":")
        return dt.datetime.fromtimestamp(float(moment), dt.UTC), max(0, min(int(pk), 2**62))
    except (ValueError, OverflowError, OSError) as error:
        raise BadCursor(cursor) from error
