"""Changing the weekly roster: first what it would do to the weeks already made, then doing it."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Sum

from accounts.models import Channel, User
from common import clock
from common.errors import ReasonRequired
from common.history import record_history
from scheduling.errors import PlanOutdated, ScheduleFixed, SessionClash
from scheduling.models import Closure, Schedule, Session, SessionStatus, Slot, Stoppage

from . import sessions
from .calendars import Calendar
from .once import once
from .origin import Origin
from .reading import lock_sessions, lock_slots
from .rooms import Shared, shared_by

FIXED = {"practitioner", "practitioner_id", "service", "service_id"}  # who and what for: another line of the roster
Times = dict[tuple[dt.datetime, dt.datetime], Slot]


@dataclass
class Plan:
    """What a changed schedule means for its future sessions. Nothing is written by making one.

    kept: slots that somebody holds although the new roster has no such time; they stay as they are, and the desk
    sees them here first. rehoused: sessions that get another room. shared: sessions that would not be alone in theirs.
    """

    schedule: Schedule
    changes: dict[str, object]
    new_days: list[dt.date] = field(default_factory=list)
    ended: list[Session] = field(default_factory=list)
    added: list[Slot] = field(default_factory=list)
    removed: list[Slot] = field(default_factory=list)
    resized: list[tuple[Slot, int]] = field(default_factory=list)
    kept: list[Slot] = field(default_factory=list)
    rehoused: list[Session] = field(default_factory=list)
    shared: list[Shared] = field(default_factory=list)
    since: dt.datetime | None = None

    @property
    def fingerprint(self) -> tuple:
        """Equal as long as applying would do the same as was shown."""
        return (
            tuple(self.new_days),
            tuple(sorted(session.pk for session in self.ended)),
            tuple(sorted((slot.session_id, slot.starts_at, slot.ends_at, slot.capacity) for slot in self.added)),
            tuple(sorted(slot.pk for slot in self.removed)),
            tuple(sorted((slot.pk, capacity) for slot, capacity in self.resized)),
            tuple(sorted(slot.pk for slot in self.kept)),
            tuple(sorted(session.pk for session in self.rehoused)),
            tuple(sorted((pair.session.day, pair.other.pk) for pair in self.shared)),
        )


def plan_change(schedule: Schedule, *, at: dt.datetime | None = None, **changes: object) -> Plan:
    """What giving `schedule` these new values would do to its sessions from tomorrow on; writes nothing.

    Raises ScheduleFixed for another practitioner or service, SessionClash when the practitioner works elsewhere at a
    new time, and Django's ValidationError for values that no schedule can have.
    """
    at = at or clock.now()
    if FIXED & changes.keys():
        raise ScheduleFixed
    wanted = Schedule.objects.select_related("service__department", "practitioner").get(pk=schedule.pk)
    for name, value in changes.items():
        setattr(wanted, name, value)
    wanted.full_clean()
    plan = Plan(wanted, changes, since=at)
    future = _future_sessions(schedule, at)
    if future:
        _compare(plan, future)
    return plan


def _future_sessions(schedule: Schedule, at: dt.datetime) -> list[Session]:
    """From tomorrow on, without those that were stopped for good: what the roster itself ended may come back."""
    standing = Stoppage.objects.filter(session=OuterRef("pk"), lifted_at=None)
    rows = Session.objects.filter(schedule=schedule, day__gt=clock.today(at))
    rows = rows.exclude(Exists(standing), status=SessionStatus.CANCELLED)
    return list(rows.order_by("day").prefetch_related("slots"))


def _compare(plan: Plan, future: list[Session]) -> None:
    """Session by session, then the days up to a week after the last one on which there is none yet."""
    first, last = clock.today(plan.since) + dt.timedelta(days=1), future[-1].day + dt.timedelta(days=6)
    calendar = Calendar.between(first, last)
    wanted = [sessions.session_of(plan.schedule, session.day, calendar) for session in future]
    for session, coming in zip(future, wanted, strict=True):
        _compare_session(plan, session, coming)
    others = _other_sessions(plan.schedule, first, last)
    _refuse_clash(plan, others)
    have = set(Session.objects.filter(schedule=plan.schedule, day__gte=first).values_list("day", flat=True))
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    fresh = (sessions.session_of(plan.schedule, day, calendar) for day in days if day not in have)
    made = [session for session in fresh if session and not _in_the_way(session, others)]
    plan.new_days = [session.day for session in made]
    plan.shared = shared_by([session for session in [*wanted, *made] if session])


def _compare_session(plan: Plan, session: Session, wanted: Session | None) -> None:
    slots = [slot for slot in session.slots.all() if slot.closed != Closure.RETIRED]
    times = _times(sessions.slots_of(wanted, plan.schedule)) if wanted else {}
    kept = _compare_slots(plan, slots, times)
    plan.kept += kept
    present = _times(slots)
    for time, slot in times.items():
        if time not in present and not _in_the_way(slot, kept):
            slot.session = session
            slot.closed = Closure.STOPPED if session.status == SessionStatus.STOPPED else Closure.OPEN
            plan.added.append(slot)
    if not times and not kept and session.status != SessionStatus.CANCELLED:
        plan.ended.append(session)
    elif session.location_id != plan.schedule.location_id:
        plan.rehoused.append(session)


def _times(slots: list[Slot]) -> Times:
    return {(slot.starts_at, slot.ends_at): slot for slot in slots}


def _compare_slots(plan: Plan, slots: list[Slot], times: Times) -> list[Slot]:
    """Sort slots into removed and resized; returns those that somebody holds and that stay as they are."""
    kept = []
    for slot in slots:
        wanted = times.get((slot.starts_at, slot.ends_at))
        places = wanted.capacity if wanted else 0
        if places == slot.capacity:
            continue
        if slot.taken > places:
            kept.append(slot)
        elif wanted:
            plan.resized.append((slot, places))
        else:
            plan.removed.append(slot)
    return kept


def _in_the_way(one: Slot | Session, others: list[Slot] | list[Session]) -> Slot | Session | None:
    return next((o for o in others if o.starts_at < one.ends_at and o.ends_at > one.starts_at), None)


def _other_sessions(schedule: Schedule, first: dt.date, last: dt.date) -> list[Session]:
    """What else the practitioner does in these days."""
    rows = Session.objects.filter(practitioner=schedule.practitioner_id, day__range=(first, last))
    live = rows.exclude(schedule=schedule).exclude(status=SessionStatus.CANCELLED)
    return list(live.select_related("practitioner"))


def _refuse_clash(plan: Plan, others: list[Session]) -> None:
    for slot in plan.added:
        clash = _in_the_way(slot, others)
        if clash:
            raise SessionClash(field="starts", what=str(plan.schedule.practitioner), session=str(clash))


def apply_change(plan: Plan, *, by: User, reason: str, at: dt.datetime | None = None) -> Plan:
    """Do what the plan showed. Raises PlanOutdated when it would do something else by now, ReasonRequired.

    Slots that somebody holds stay. Times that go are retired, not deleted: events name them.
    """
    if not reason.strip():
        raise ReasonRequired(field="reason")

    def work() -> Plan:
        schedule = Schedule.objects.select_for_update(no_key=True).get(pk=plan.schedule.pk)
        _lock_future(schedule, plan.since)
        now = plan_change(schedule, at=at or clock.now(), **plan.changes)
        if now.fingerprint != plan.fingerprint:
            raise PlanOutdated
        _apply(now, by)
        return now

    return once(Origin(by, Channel.DESK), work, reason)


def _lock_future(schedule: Schedule, since: dt.datetime) -> None:
    """Sessions, then slots, both by id (docs/locking.md)."""
    future = Session.objects.filter(schedule=schedule, starts_at__gt=since)
    pks = list(future.values_list("pk", flat=True))
    lock_sessions(pks)
    lock_slots(*Slot.objects.filter(session__in=pks).values_list("pk", flat=True))


def _apply(plan: Plan, by: User) -> None:
    plan.schedule.save()
    _retire(plan.removed)
    for slot, capacity in plan.resized:
        Slot.objects.resize(slot.pk, capacity)
    record_history(Slot.objects.filter(pk__in=[slot.pk for slot, _capacity in plan.resized]), "~")
    made = Slot.objects.bulk_create(plan.added)
    record_history(Slot.objects.filter(pk__in=[slot.pk for slot in made]), "+")
    _settle_sessions(plan)
    for day in plan.new_days:
        sessions.generate(day, day, by=by, schedules=[plan.schedule])


def _retire(slots: list[Slot]) -> None:
    rows = Slot.objects.filter(pk__in=[slot.pk for slot in slots])
    rows.update(closed=Closure.RETIRED)
    record_history(rows, "~")


def _settle_sessions(plan: Plan) -> None:
    """Sessions take over room, times and limits; one that lost its last slot is cancelled, one that got some opens."""
    ended = {session.pk for session in plan.ended}
    touched = {slot.session_id for slot in [*plan.added, *plan.removed, *plan.kept]} - ended
    for session in _future_sessions(plan.schedule, plan.since):
        if session.pk in ended:
            session.status = SessionStatus.CANCELLED
        elif session.pk in touched:
            _take_times(session)
        session.location_id = plan.schedule.location_id
        extra = session.slots.aggregate(n=Sum("overbooking"))["n"] or 0
        session.overbook_limit = max(plan.schedule.overbook_limit, extra)  # whoever was squeezed in stays
        session.save()


def _take_times(session: Session) -> None:
    slots = [slot for slot in session.slots.all() if slot.closed != Closure.RETIRED]
    session.starts_at = min(slot.starts_at for slot in slots)
    session.ends_at = max(slot.ends_at for slot in slots)
    if session.status == SessionStatus.CANCELLED:
        session.status = SessionStatus.OPEN
