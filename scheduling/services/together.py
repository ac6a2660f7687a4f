"""Several bookings in one act: a family side by side, or the same visit every so many days. All or nothing."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from common import clock
from common.errors import Refusal
from patients.models import Patient
from scheduling.errors import SlotFull
from scheduling.models import Appointment, AppointmentEvent, AppointmentStatus, Slot

from . import alternatives, appointments, holds
from .claiming import claim_place
from .hoarding import check_number
from .once import once
from .origin import Origin
from .reading import find_slot, lock_patients, lock_sessions, uuid_of

Pair = tuple[Patient | UUID, Slot | UUID]
Facts = Callable[[Slot], dict[str, Any]]  # what is written with a claim on that slot
Count = Callable[[list[Patient]], None]  # refuses when that would be too many places for them
SEARCH_DAYS = 3  # the wished day and the two after it


def book_together(
    *, bookings: Sequence[Pair], origin: Origin, reason: str = "", at: dt.datetime | None = None
) -> list[Appointment]:
    """Book every (patient, slot) pair, or none: adjacent slots for two children, a place each.

    Raises the first refusal, with `alternatives` when a slot was full; nothing is booked then.
    """
    return _all_or_none(bookings, origin, at or clock.now(), lambda slot: {"reason": reason})


def hold_together(*, bookings: Sequence[Pair], origin: Origin, at: dt.datetime | None = None) -> list[Appointment]:
    """Keep a place for every (patient, slot) pair as long as a hold lasts, or none.

    Raises what `holds.hold` raises for the first that cannot be had.
    """
    at = at or clock.now()
    until = at + holds.hold_time()

    def held(slot: Slot) -> dict[str, Any]:
        return {"status": AppointmentStatus.HELD, "held_until": min(until, slot.ends_at)}

    return _all_or_none(bookings, origin, at, held, lambda people: check_number(origin, at, people))


def book_held_together(
    *, kept: Sequence[Appointment], origin: Origin, reason: str = "", at: dt.datetime | None = None
) -> list[Appointment]:
    """Turn every one of these holds into a booking, or none. Raises what `holds.book_held` raises."""
    at = at or clock.now()

    def work() -> list[Appointment]:
        lock_patients(one.patient for one in kept)
        parts = [(origin.numbered(number), hold) for number, hold in enumerate(kept)]
        return [holds.book_held(hold=hold, origin=part, reason=reason, at=at) for part, hold in parts]

    return once(origin, work)


def _all_or_none(
    bookings: Sequence[Pair], origin: Origin, at: dt.datetime, facts: Facts, count: Count = lambda people: None
) -> list[Appointment]:
    group = uuid.uuid4()

    def work() -> list[Appointment]:
        people = lock_patients(person for person, _slot in bookings)
        count([people[uuid_of(person)] for person, _slot in bookings])
        slots = {uuid_of(ref): find_slot(ref, origin.by) for _person, ref in bookings}
        lock_sessions(slot.session_id for slot in slots.values() if slot.has_rules)
        pairs = [(people[uuid_of(p)], slots[uuid_of(s)], n) for n, (p, s) in enumerate(bookings)]
        made = [_make_one(pair, origin, at, group, facts) for pair in sorted(pairs, key=lambda pair: pair[1].pk)]
        return [booking for _n, booking in sorted(made, key=lambda item: item[0])]

    try:
        made = once(origin, work)
    except SlotFull as full:
        full.alternatives = alternatives.near_any([slot for _p, slot in bookings], origin, at)
        raise
    return made if isinstance(made, list) else _first_answer(origin, len(bookings))


def _first_answer(origin: Origin, count: int) -> list[Appointment]:
    """What the request with this key made when it came first, in its order."""
    keys = [origin.numbered(n).key for n in range(count)]
    events = AppointmentEvent.objects.filter(by=origin.by, request_key__in=keys)
    made = dict(events.values_list("request_key", "appointment"))
    rows = Appointment.objects.for_desk().in_bulk(made.values())
    return [rows[made[key]] for key in keys if key in made]


def _make_one(
    pair: tuple[Patient, Slot, int], origin: Origin, at: dt.datetime, group: UUID, facts: Facts
) -> tuple[int, Appointment]:
    person, slot, number = pair
    part = origin.numbered(number)
    known = facts(slot)
    reason = known.get("reason")
    appointments.check(person, slot, part, at, reason=reason)
    place = claim_place(slot, at, may_wait=False)
    note = reason if reason and person.is_barred(at) else ""
    return number, appointments.make(person, slot, place, part, at, note, group=group, **known)


@dataclass
class SeriesPlan:
    """The slots of a series, and the days on which nothing was found, with the reason."""

    patient: Patient
    slots: list[Slot] = field(default_factory=list)
    missing: list[tuple[dt.date, Refusal]] = field(default_factory=list)


def plan_series(
    *, patient: Patient, slot: Slot, every_days: int, count: int, origin: Origin, at: dt.datetime | None = None
) -> SeriesPlan:
    """`count` visits from `slot` on, every so many days, with the same practitioner at the nearest time; no writes.

    For a day without a place the next two are tried; what is still missing is listed with its reason.
    """
    at = at or clock.now()
    plan = SeriesPlan(patient, [slot])
    for n in range(1, count):
        day = clock.local(slot.starts_at).date() + dt.timedelta(days=every_days * n)
        found = _nearest(slot, day, plan.slots, origin, at)
        if found:
            plan.slots.append(found)
        else:
            plan.missing.append((day, SlotFull(field="slot")))
    return plan


def _nearest(slot: Slot, day: dt.date, chosen: list[Slot], origin: Origin, at: dt.datetime) -> Slot | None:
    wall = clock.local(slot.starts_at).time()
    start, end = clock.day_bounds(day)[0], clock.day_bounds(day + dt.timedelta(days=SEARCH_DAYS - 1))[1]
    free = alternatives.open_now(Slot.objects.free().with_session().visible_to(origin.by), at)
    same = free.filter(
        service=slot.service_id, session__practitioner=slot.session.practitioner_id, starts_at__range=(start, end)
    ).exclude(pk__in=[earlier.pk for earlier in chosen])
    ranked = sorted(same, key=lambda s: (clock.local(s.starts_at).date(), abs(s.starts_at - _on(s, wall))))
    return ranked[0] if ranked else None


def _on(slot: Slot, wall: dt.time) -> dt.datetime:
    return clock.at_wall(clock.local(slot.starts_at).date(), wall)


def book_series(
    *, plan: SeriesPlan, origin: Origin, reason: str = "", at: dt.datetime | None = None
) -> list[Appointment]:
    """Book every visit of the plan, or none. The limit of open bookings counts for a series too."""
    return book_together(bookings=[(plan.patient, slot) for slot in plan.slots], origin=origin, reason=reason, at=at)
