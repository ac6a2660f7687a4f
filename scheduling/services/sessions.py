"""Sessions and their slots: made from the roster for a rolling horizon, or added by hand (加号)."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import Channel, User
from common import clock
from common.bulk import insert_rows
from common.errors import ReasonRequired
from common.history import acting, record_history
from directory.models import HealthcareService, Location, Practitioner
from scheduling import timetable
from scheduling.errors import SessionClash, SessionTooShort
from scheduling.models import Closure, Schedule, Session, SessionStatus, Slot

from .calendars import Calendar
from .once import once
from .origin import Origin
from .rooms import Shared, shared_by

BATCH = 5_000
SLOT_COLUMNS = ("uuid", "session", "service", "starts_at", "ends_at", "capacity", "taken", "overbooking", "closed")


@dataclass(frozen=True)
class Generated:
    """How many rows a run made; none when it had run before. shared: those that are not alone in their room."""

    sessions: int
    slots: int
    shared: tuple[Shared, ...] = ()


def generate(first: dt.date, last: dt.date, *, by: User, schedules: Iterable[Schedule] | None = None) -> Generated:
    """Make the sessions of all schedules in use (or of `schedules`) from `first` to `last`, where there are none.

    Repeatable: the database holds one session per schedule and day. Holidays, special days and leave are left out;
    a practitioner who is already busy then is left out too.
    """
    chosen = None if schedules is None else [schedule.pk for schedule in schedules]
    calendar = Calendar.between(first, last)
    made = [_make(chosen, calendar, some, by) for some in _weeks(first, last)]
    shared = tuple(pair for one in made for pair in one.shared)
    return Generated(sum(one.sessions for one in made), sum(one.slots for one in made), shared)


def generate_horizon(*, by: User, at: dt.datetime | None = None) -> Generated:
    """From today to settings.HORIZON_DAYS ahead: the nightly job."""
    today = clock.today(at)
    return generate(today, today + dt.timedelta(days=settings.HORIZON_DAYS), by=by)


def _locked(chosen: list[int] | None, days: list[dt.date]) -> list[Schedule]:
    """The lines of the roster as they are now; nobody changes them, or makes the same sessions, until the commit."""
    rows = Schedule.objects.select_related("service__department").select_for_update(of=("self",), no_key=True)
    if chosen is not None:
        return list(rows.filter(pk__in=chosen).order_by("pk"))
    rows = rows.filter(is_active=True, valid_from__lte=days[-1]).exclude(valid_until__lt=days[0])
    return list(rows.filter(practitioner__is_active=True, service__is_active=True).order_by("pk"))


def _weeks(first: dt.date, last: dt.date) -> Iterable[list[dt.date]]:
    """The days in runs of seven, so that one transaction stays short."""
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return (days[i : i + 7] for i in range(0, len(days), 7))


@transaction.atomic
def _make(chosen: list[int] | None, calendar: Calendar, days: list[dt.date], by: User) -> Generated:
    roster = _locked(chosen, days)
    known = set(Session.objects.filter(day__in=days, schedule__isnull=False).values_list("schedule_id", "day"))
    busy = _busy_times(days)
    fresh = []
    for day in days:
        for schedule in roster:
            if (schedule.pk, day) not in known:
                session = session_of(schedule, day, calendar)
                if session and _reserve(busy, session):
                    fresh.append(session)
    with acting(by, gettext_noop("roster")):
        return _write(fresh)


def session_of(schedule: Schedule, day: dt.date, calendar: Calendar) -> Session | None:
    """The session that a schedule means on `day`, unsaved; None when it does not take place."""
    starts_at, ends_at = timetable.span(day, schedule.starts, schedule.ends)
    if starts_at == ends_at or not calendar.runs(schedule, day, starts_at, ends_at):
        return None
    return Session(
        uuid=uuid.uuid4(),
        schedule=schedule,
        practitioner_id=schedule.practitioner_id,
        service=schedule.service,
        location_id=schedule.location_id,
        day=day,
        starts_at=starts_at,
        ends_at=ends_at,
        released_at=schedule.service.release_at(day),
        overbook_limit=schedule.overbook_limit,
    )


def _busy_times(days: list[dt.date]) -> dict[int, list[tuple[dt.datetime, dt.datetime]]]:
    """When each practitioner already has a session, so that the roster never puts one person in two rooms."""
    busy: dict[int, list[tuple[dt.datetime, dt.datetime]]] = {}
    live = Session.objects.filter(day__in=days).exclude(status=SessionStatus.CANCELLED)
    for practitioner, start, end in live.values_list("practitioner_id", "starts_at", "ends_at"):
        busy.setdefault(practitioner, []).append((start, end))
    return busy


def _reserve(busy: dict[int, list[tuple[dt.datetime, dt.datetime]]], session: Session) -> bool:
    times = busy.setdefault(session.practitioner_id, [])
    if any(start < session.ends_at and end > session.starts_at for start, end in times):
        return False
    times.append((session.starts_at, session.ends_at))
    return True


def _write(fresh: list[Session]) -> Generated:
    sessions = Session.objects.bulk_create(fresh, batch_size=BATCH)
    rows = [row for session in sessions for row in _slot_rows(session)]
    insert_rows(Slot, SLOT_COLUMNS, rows)
    pks = [session.pk for session in sessions]
    for some in (pks[i : i + BATCH] for i in range(0, len(pks), BATCH)):
        record_history(Session.objects.filter(pk__in=some), "+")
        record_history(Slot.objects.filter(session__in=some), "+")
    return Generated(len(sessions), len(rows), tuple(shared_by(sessions)))


def _slot_rows(session: Session) -> Iterable[tuple]:
    """The slots of a session as rows, because a roster makes a million of them."""
    minutes, capacity = session.schedule.slot_minutes, session.schedule.capacity
    for start, end in timetable.cut(session.starts_at, session.ends_at, minutes):
        yield uuid.uuid4(), session.pk, session.service_id, start, end, capacity, 0, 0, Closure.OPEN.value


def slots_of(session: Session, schedule: Schedule) -> list[Slot]:
    """The slots of a session by its schedule's length and capacity, unsaved."""
    return build_slots(session, schedule.slot_minutes, schedule.capacity)


def build_slots(session: Session, minutes: int, capacity: int) -> list[Slot]:
    """Slots of `minutes` each with `capacity` places, unsaved."""
    return [
        Slot(session=session, service_id=session.service_id, starts_at=start, ends_at=end, capacity=capacity)
        for start, end in timetable.cut(session.starts_at, session.ends_at, minutes)
    ]


def add_extra(
    *,
    practitioner: Practitioner,
    service: HealthcareService,
    day: dt.date,
    starts: dt.time,
    ends: dt.time,
    by: User,
    reason: str,
    location: Location | None = None,
    slot_minutes: int | None = None,
    capacity: int = 1,
    overbook_limit: int = 0,
    released_at: dt.datetime | None = None,
) -> Session:
    """A session beyond the roster (加号), open at once unless `released_at` says otherwise.

    Raises ReasonRequired, SessionTooShort, SessionClash when the practitioner or the room is in use at that time.
    """
    if not reason.strip():
        raise ReasonRequired(field="reason")
    minutes = slot_minutes or service.length_minutes
    starts_at, ends_at = timetable.span(day, starts, ends)
    if not timetable.cut(starts_at, ends_at, minutes):
        raise SessionTooShort(field="ends", starts=f"{starts:%H:%M}", ends=f"{ends:%H:%M}", minutes=minutes)
    session = Session(
        practitioner=practitioner, service=service, location=location, day=day, starts_at=starts_at, ends_at=ends_at,
        released_at=released_at or clock.now(), overbook_limit=overbook_limit,
    )  # fmt: skip

    def work() -> Session:
        _lock_for_extra(practitioner, location)
        refuse_clash(practitioner, location, starts_at, ends_at)
        session.save()
        slots = Slot.objects.bulk_create(build_slots(session, minutes, capacity))
        record_history(Slot.objects.filter(pk__in=[slot.pk for slot in slots]), "+")
        return session

    return once(Origin(by, Channel.DESK), work, reason)


def _lock_for_extra(practitioner: Practitioner, location: Location | None) -> None:
    """Two desks that add a session for the same person or room at once: the second sees the first."""
    list(Practitioner.objects.select_for_update(no_key=True).filter(pk=practitioner.pk).values_list("pk"))
    if location:
        list(Location.objects.select_for_update(no_key=True).filter(pk=location.pk).values_list("pk"))


def refuse_clash(
    practitioner: Practitioner, location: Location | None, starts_at: dt.datetime, ends_at: dt.datetime
) -> None:
    """Raises SessionClash when the practitioner or the room has a live session that overlaps."""
    live = Session.objects.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exclude(status=SessionStatus.CANCELLED)
    for what, rows in (
        (practitioner, live.filter(practitioner=practitioner)),
        (location, live.filter(location=location) if location else live.none()),
    ):
        clash = rows.select_related("practitioner").first()
        if clash:
            raise SessionClash(field="starts", what=str(what), session=str(clash))
