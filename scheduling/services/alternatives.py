"""What else could be had, nearest first: same practitioner, then same rank in the same service, the same day first."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from scheduling.errors import SlotFull
from scheduling.models import SessionStatus, Slot

from .origin import Origin

LOOK_AHEAD = dt.timedelta(days=28)


@contextmanager
def offered(slot: Slot | UUID, origin: Origin, at: dt.datetime) -> Iterator[None]:
    """Whoever loses the race inside gets the nearest alternatives with the refusal, read after its end."""
    try:
        yield
    except SlotFull as full:
        lost = find(slot)
        full.alternatives = near(lost, origin, at) if lost else []
        raise


def find(ref: Slot | UUID) -> Slot | None:
    """The slot with its session, or None."""
    named = {"uuid": ref} if isinstance(ref, UUID) else {"pk": ref.pk}
    return Slot.objects.with_session().filter(**named).first()


def near(slot: Slot, origin: Origin, at: dt.datetime, count: int = 3) -> list[Slot]:
    """Up to `count` free slots of the same service that could replace `slot`."""
    free = bookable(slot, origin, at)
    own = list(free.filter(session__practitioner=slot.session.practitioner_id)[:count])
    rank = slot.session.practitioner.title
    others = free.filter(session__practitioner__title=rank).exclude(pk__in=[s.pk for s in own])
    later = list(others.exclude(session__practitioner=slot.session.practitioner_id)[: count * 3])
    best = sorted(own + later, key=lambda found: distance(slot, found))
    return best[:count]


def bookable(slot: Slot, origin: Origin, at: dt.datetime):
    """Free, released slots of the same service from the lost one's morning on, soonest first."""
    since = max(at, slot.starts_at - dt.timedelta(hours=4))
    free = Slot.objects.free().with_session().visible_to(origin.by)
    window = free.filter(service=slot.service_id, starts_at__gte=since, starts_at__lt=since + LOOK_AHEAD)
    return open_now(window, at).exclude(pk=slot.pk).order_by("starts_at", "pk")


def open_now(slots, at: dt.datetime):
    """Those of sessions that are released and take bookings."""
    return slots.filter(session__status=SessionStatus.OPEN, session__released_at__lte=at)


def near_any(slots: list[Slot | UUID], origin: Origin, at: dt.datetime) -> list[Slot]:
    """Alternatives to the first of `slots` that has no place left."""
    for ref in slots:
        lost = find(ref)
        if lost and not lost.places_left:
            return near(lost, origin, at)
    return []


def distance(lost: Slot, found: Slot) -> tuple[bool, dt.timedelta]:
    """Another practitioner weighs as much as being another day; then by time apart."""
    other = found.session.practitioner_id != lost.session.practitioner_id
    another_day = found.session.day != lost.session.day
    return (other + another_day, abs(found.starts_at - lost.starts_at))
