"""Looking for places: what is free for this channel, why the rest is not, and how long one has to wait."""

import datetime as dt
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from common import clock
from common.errors import Refusal
from directory.models import HealthcareService, Practitioner
from scheduling import shares
from scheduling.errors import SlotFull
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    ChannelRule,
    Closure,
    SessionStatus,
    Slot,
)
from scheduling.models.waitlist import PartOfDay

from . import rules
from .origin import Origin
from .session_shares import places_free, shares_of


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


class BadCursor(ValueError):
    """The cursor was not made by this search."""


def search(wish: Wish, *, origin: Origin, at: dt.datetime | None = None) -> Page:
    """One page of slots that fit the wish and this channel may book now; a fixed number of statements.

    Pages may be shorter than the limit where a channel rule keeps places. Raises BadCursor.
    """
    at = at or clock.now()
    rows = list(_rows(wish, origin, at)[: wish.limit + 1])
    some = rows[: wish.limit]
    found = judge(some, origin.channel, at)
    if not wish.include_full:
        found = [item for item in found if item.free]
    cursor = _cursor_of(some[-1]) if len(rows) > wish.limit else ""
    return Page(found, cursor)


def _rows(wish: Wish, origin: Origin, at: dt.datetime) -> QuerySet[Slot]:
    slots = _fitting(wish, at).with_session().visible_to(origin.by)
    if not wish.include_full:
        slots = slots.filter(_has_place(at), session__status=SessionStatus.OPEN, session__released_at__lte=at)
    if wish.after:
        moment, pk = _read_cursor(wish.after)
        slots = slots.filter(starts_at__gte=moment).exclude(starts_at=moment, pk__lte=pk)
    return slots.order_by("starts_at", "pk")


def _has_place(at: dt.datetime) -> Q:
    """A place that nobody claims, or whose hold has ended. Ended holds are few, and named one by one: an OR over a
    subquery would cost the index that finds free places."""
    free = Q(closed=Closure.OPEN, taken__lt=F("capacity"))
    ended = list(Appointment.objects.expired_holds(at).order_by().values_list("slot_id", flat=True)[:1000])
    return free | Q(pk__in=ended, closed=Closure.OPEN) if ended else free


def _fitting(wish: Wish, at: dt.datetime) -> QuerySet[Slot]:
    """Slots of the wish's services, people and days that have not begun."""
    start, end = clock.day_bounds(wish.first_day)[0], clock.day_bounds(wish.last_day)[1]
    slots = Slot.objects.in_roster().filter(
        starts_at__gte=max(start, at), starts_at__lt=end, service__in=_services(wish)
    )
    if wish.practitioner:
        slots = slots.filter(session__practitioner__in=_practitioners(wish))
    if wish.part_of_day:
        before_noon = Q(starts_at__hour__lt=12)  # Django compares in the current, that is the hospital's zone
        slots = slots.filter(before_noon if wish.part_of_day == PartOfDay.MORNING else ~before_noon)
    return slots


def _services(wish: Wish) -> list[int]:
    """Their ids, read first: so the database walks the index of free places per service, in order of time."""
    services = HealthcareService.objects.filter(is_active=True)
    for path, value in (
        ("uuid", wish.service),
        ("department__uuid", wish.department),
        ("department__site__uuid", wish.site),
    ):
        if value:
            services = services.filter(**{path: value})
    if wish.practitioner and not wish.service:
        services = services.filter(sessions__practitioner__uuid=wish.practitioner).distinct()
    return list(services.values_list("pk", flat=True))


def _practitioners(wish: Wish) -> list[int]:
    return list(Practitioner.objects.filter(uuid=wish.practitioner).values_list("pk", flat=True))


def judge(slots: list[Slot], channel: str, at: dt.datetime) -> list[Found]:
    """How many places of each slot `channel` may take now, and why not. Statements do not grow with the slots."""
    ended = _ended_holds(slots, at)
    shared = _SharesOf(slots, at)
    return [_judge_one(slot, channel, at, ended.get(slot.pk, 0), shared) for slot in slots]


def _judge_one(slot: Slot, channel: str, at: dt.datetime, ended: int, shared: "_SharesOf") -> Found:
    try:
        rules.check_slot(slot, channel, at)
        free = places_free(slot.capacity, slot.taken - ended)
        if free == 0:
            raise SlotFull(field="slot")
        return Found(slot, min(free, shared.allowed(slot, channel)))
    except Refusal as refusal:
        return Found(slot, 0, refusal)


def _ended_holds(slots: list[Slot], at: dt.datetime) -> dict[int, int]:
    rows = Appointment.objects.expired_holds(at).filter(slot__in=[slot.pk for slot in slots]).order_by()
    return dict(rows.values_list("slot_id").annotate(n=Count("pk")))


class _SharesOf:
    """Channel rules of a page of slots: rules read once, sessions counted once."""

    def __init__(self, slots: list[Slot], at: dt.datetime):
        self.at = at
        self.rules = list(ChannelRule.objects.filter(is_active=True))
        sessions = {slot.session_id for slot in slots if self._rules_for(slot)} if self.rules else set()
        self.taken, self.free, self.places = _count_sessions(sessions, at) if sessions else ({}, {}, {})

    def _rules_for(self, slot: Slot) -> list[ChannelRule]:
        return [rule for rule in self.rules if rule.speaks_of(slot.service)]

    def allowed(self, slot: Slot, channel: str) -> int:
        """Places of the slot's session that the channel may take. Raises the refusal of the rule that says none."""
        speaking = self._rules_for(slot)
        for rule in speaking:
            if rule.channel == channel:
                rules.check_window(rule, slot, self.at)
        standing = shares_of(speaking, slot.session, self.places.get(slot.session_id, 0))
        if not standing:
            return slot.capacity
        free = self.free.get(slot.session_id, 0)
        taken = self.taken.get(slot.session_id, {})
        verdict = shares.open_to(channel, free=free, taken=taken, shares=standing, at=self.at)
        rules.refuse_by_share(verdict, free)
        return verdict.places


def _count_sessions(sessions: set[int], at: dt.datetime) -> tuple[dict, dict, dict]:
    """For each session: live claims by channel, places free now, places in all."""
    taken: dict[int, dict[str, int]] = {}
    claims = Appointment.objects.filter(slot__session__in=sessions).claiming().order_by()
    live = claims.exclude(status=AppointmentStatus.HELD, held_until__lte=at)
    for session, channel, n in live.values_list("slot__session", "channel").annotate(n=Count("pk")):
        taken.setdefault(session, {})[channel] = n
    free: dict[int, int] = {}
    places: dict[int, int] = {}
    ended = dict(claims.expired_holds(at).values_list("slot").annotate(n=Count("pk")))
    rows = (
        Slot.objects.in_roster()
        .filter(session__in=sessions)
        .values_list("pk", "session", "capacity", "taken", "closed", "ends_at")
    )
    for pk, session, capacity, used, closed, ends_at in rows:
        places[session] = places.get(session, 0) + capacity
        if closed == Closure.OPEN and ends_at > at:
            free[session] = free.get(session, 0) + places_free(capacity, used - ended.get(pk, 0))
    return taken, free, places


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


def _cursor_of(slot: Slot) -> str:
    return urlsafe_b64encode(f"{slot.starts_at.timestamp():.6f}:{slot.pk}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[dt.datetime, int]:
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, pk = text.split(":")
        return dt.datetime.fromtimestamp(float(moment), dt.UTC), min(int(pk), 2**62)
    except (ValueError, OverflowError, OSError) as error:
        raise BadCursor(cursor) from error
