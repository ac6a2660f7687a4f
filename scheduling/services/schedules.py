"""Changing the weekly roster: first what it would do to the weeks already made, then doing it."""

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from common import clock
from common.errors import ReasonRequired
from common.history import acting, record_history
from scheduling.errors import PlanOutdated
from scheduling.models import Appointment, Closure, Schedule, Session, SessionStatus, Slot

from . import sessions
from .calendars import Calendar


@dataclass
class Plan:
    """What a changed schedule means for its future sessions. Nothing is written by making one.

    kept: slots that somebody holds although the new roster has no such time; they stay as they are, and the desk
    sees them here first.
    """

    schedule: Schedule
    changes: dict[str, object]
    new_days: list[dt.date] = field(default_factory=list)
    ended: list[Session] = field(default_factory=list)
    added: list[Slot] = field(default_factory=list)
    removed: list[Slot] = field(default_factory=list)
    resized: list[tuple[Slot, int]] = field(default_factory=list)
    kept: list[Slot] = field(default_factory=list)
    since: dt.datetime | None = None

    @property
    def fingerprint(self) -> tuple:
        """Equal as long as applying would do the same as was shown."""
        return (
            tuple(self.new_days),
            tuple(sorted(session.pk for session in self.ended)),
            tuple(sorted((slot.session_id, slot.starts_at) for slot in self.added)),
            tuple(sorted(slot.pk for slot in self.removed)),
            tuple(sorted((slot.pk, capacity) for slot, capacity in self.resized)),
            tuple(sorted(slot.pk for slot in self.kept)),
        )


def plan_change(schedule: Schedule, *, at: dt.datetime | None = None, **changes: object) -> Plan:
    """What giving `schedule` these new values would do to its sessions from tomorrow on; writes nothing."""
    at = at or clock.now()
    wanted = Schedule.objects.select_related("service__department").get(pk=schedule.pk)
    for name, value in changes.items():
        setattr(wanted, name, value)
    wanted.full_clean()
    plan = Plan(wanted, changes, since=at)
    future = _future_sessions(schedule, at)
    if future:
        _compare(plan, future)
    return plan


def _future_sessions(schedule: Schedule, at: dt.datetime) -> list[Session]:
    rows = Session.objects.filter(schedule=schedule, day__gt=clock.today(at)).exclude(status=SessionStatus.CANCELLED)
    return list(rows.order_by("day").prefetch_related("slots"))


def _compare(plan: Plan, future: list[Session]) -> None:
    first, last = future[0].day, future[-1].day
    calendar = Calendar.between(first - dt.timedelta(days=6), last + dt.timedelta(days=6))
    used = _used_slots(future)
    for session in future:
        wanted = sessions.session_of(plan.schedule, session.day, calendar)
        times = _wanted_slots(wanted, plan.schedule)
        _compare_session(plan, session, times, used)
        if not times and not any(slot in plan.kept for slot in session.slots.all()):
            plan.ended.append(session)
    have = {session.day for session in future}
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 7))
    plan.new_days = [d for d in days if d not in have and sessions.session_of(plan.schedule, d, calendar)]


def _wanted_slots(wanted: Session | None, schedule: Schedule) -> dict[tuple[dt.datetime, dt.datetime], Slot]:
    if wanted is None:
        return {}
    return {(slot.starts_at, slot.ends_at): slot for slot in sessions.slots_of(wanted, schedule)}


def _used_slots(future: list[Session]) -> set[int]:
    """Slots on which somebody has ever had a claim: they are never deleted."""
    claims = Appointment.objects.filter(slot=OuterRef("pk"))
    return set(Slot.objects.filter(Exists(claims), session__in=future).values_list("pk", flat=True))


def _compare_session(plan: Plan, session: Session, times: dict, used: set[int]) -> None:
    slots = list(session.slots.all())
    for slot in slots:
        wanted = times.get((slot.starts_at, slot.ends_at))
        if wanted is None and slot.taken:
            plan.kept.append(slot)
        elif wanted is None and not (slot.pk in used and slot.closed):
            plan.removed.append(slot)
        elif wanted and wanted.capacity != slot.capacity:
            (plan.kept if slot.taken > wanted.capacity else plan.resized).append(
                slot if slot.taken > wanted.capacity else (slot, wanted.capacity)
            )
    present = {(slot.starts_at, slot.ends_at) for slot in slots}
    kept = [slot for slot in slots if slot in plan.kept]
    for time, slot in times.items():
        clear = not any(old.starts_at < time[1] and old.ends_at > time[0] for old in kept)
        if time not in present and clear:
            slot.session = session
            plan.added.append(slot)


@transaction.atomic
def apply_change(plan: Plan, *, by: User, reason: str) -> Plan:
    """Do what the plan showed. Raises PlanOutdated when it would do something else by now, ReasonRequired.

    Slots that somebody holds stay; unused ones go, or are closed when a past claim still names them.
    """
    if not reason.strip():
        raise ReasonRequired(field="reason")
    schedule = Schedule.objects.select_for_update(no_key=True).get(pk=plan.schedule.pk)
    list(Slot.objects.select_for_update().filter(session__schedule=schedule, starts_at__gt=plan.since).order_by("pk"))
    now = plan_change(schedule, at=plan.since, **plan.changes)
    if now.fingerprint != plan.fingerprint:
        raise PlanOutdated
    with acting(by, reason):
        _apply(now, by)
    return now


def _apply(plan: Plan, by: User) -> None:
    plan.schedule.save()
    _remove(plan.removed)
    for slot, capacity in plan.resized:
        slot.capacity = capacity
        slot.save(update_fields=["capacity"])
    made = Slot.objects.bulk_create(plan.added)
    record_history(Slot.objects.filter(pk__in=[slot.pk for slot in made]), "+")
    _settle_sessions(plan)
    for day in plan.new_days:
        sessions.generate(day, day, by=by, schedules=[plan.schedule])


def _remove(slots: list[Slot]) -> None:
    """Delete what nobody ever claimed; close what a past claim names."""
    pks = [slot.pk for slot in slots]
    named = set(Appointment.objects.filter(slot__in=pks).values_list("slot_id", flat=True))
    unused = Slot.objects.filter(pk__in=set(pks) - named)
    record_history(unused, "-")
    unused.delete()
    Slot.objects.filter(pk__in=named).update(closed=Closure.BLOCKED)
    record_history(Slot.objects.filter(pk__in=named), "~")


def _settle_sessions(plan: Plan) -> None:
    """Sessions take over room, times and limits; one that lost its last slot is cancelled."""
    ended = {session.pk for session in plan.ended}
    touched = {slot.session_id for slot in [*plan.added, *plan.removed, *plan.kept]} | ended
    same = Session.objects.filter(schedule=plan.schedule, starts_at__gt=plan.since)
    for session in same.exclude(status=SessionStatus.CANCELLED):
        if session.pk in ended:
            session.status = SessionStatus.CANCELLED
        elif session.pk in touched:
            times = session.slots.filter(closed=Closure.OPEN).order_by("starts_at")
            session.starts_at, session.ends_at = times.first().starts_at, max(slot.ends_at for slot in times)
        session.location_id = plan.schedule.location_id
        session.overbook_limit = plan.schedule.overbook_limit
        session.save()
