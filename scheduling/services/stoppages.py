"""Stoppage (停诊): what stopping sessions would mean, then doing it, then perhaps taking it back.

Two acts in two steps: first the doors close, all in one transaction, so that nobody new comes in; then bookings are
cancelled one session at a time. Cut off in between, the sessions are closed and applying again finishes the rest.
Nobody is cancelled whom the plan did not show: a booking that came in meanwhile stops the act, not the patient.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef

from accounts.models import User
from common import clock
from common.errors import NotAllowed, ReasonRequired
from patients.models import Patient
from scheduling.errors import NothingPlanned, PlanOutdated, WrongStatus
from scheduling.models import Appointment, AppointmentStatus, Closure, Session, SessionStatus, Slot, Stoppage
from scheduling.models.appointment import CancelCause
from scheduling.models.stoppage import StoppageKind

from . import alternatives, appointments
from .claiming import give_back, record
from .once import once
from .origin import Origin
from .reading import lock_sessions
from .slots import change_closure

AFFECTED = (AppointmentStatus.BOOKED, AppointmentStatus.HELD)


@dataclass
class Affected:
    """A booking that would be lost, and up to three equal places instead; the first of them can be kept for it."""

    appointment: Appointment
    alternatives: list[Slot]
    is_kept: bool = False  # the first place is not yet promised to somebody else of the plan


@dataclass
class Plan:
    """What stopping these sessions would mean. Nothing is written by making one."""

    sessions: list[Session]
    affected: list[Affected] = field(default_factory=list)

    @property
    def without_alternative(self) -> list[Affected]:
        """Those for whom there is no equal place."""
        return [item for item in self.affected if not item.alternatives]

    @property
    def unreachable(self) -> list[Affected]:
        """Those who have no phone that may be used."""
        return [item for item in self.affected if not item.appointment.is_reachable]

    @property
    def seen(self) -> frozenset[int]:
        """The bookings that were shown."""
        return frozenset(item.appointment.pk for item in self.affected)

    @property
    def fingerprint(self) -> tuple:
        """Equal as long as the same sessions would stop and the same bookings be lost."""
        return tuple(sorted(session.pk for session in self.sessions)), tuple(sorted(self.seen))


def plan(sessions: Sequence[Session], *, origin: Origin, at: dt.datetime | None = None, count: int = 3) -> Plan:
    """Each booking of the sessions with two or three equal alternatives: the same practitioner another day, else one
    of the same rank for the same service. No alternative lies in a session that stops too.

    Nobody is shown first what is shown first to somebody else: whoever is seen sooner chooses first.

    A cancelled session is listed while somebody is still booked in it: its cancelling was cut off. One that is over
    is left out: what became of its patients is settled at the end of the day.
    """
    at = at or clock.now()
    visible = Session.objects.for_list().visible_to(origin.by).filter(pk__in=[s.pk for s in sessions], ends_at__gt=at)
    left_over = Appointment.objects.filter(slot__session=OuterRef("pk"), status__in=AFFECTED)
    chosen = list(visible.exclude(~Exists(left_over), status=SessionStatus.CANCELLED).order_by("starts_at", "pk"))
    pools: dict[int, list[Slot]] = {}
    promised: Counter[int] = Counter()
    result = Plan(chosen)
    for session in chosen:
        for booking in _bookings(session).filter(status=AppointmentStatus.BOOKED):
            equal = _equal(booking, chosen, pools, origin, at)
            result.affected.append(_promise(booking, equal, promised, count))
    return result


def _promise(booking: Appointment, equal: list[Slot], promised: Counter[int], count: int) -> Affected:
    """The nearest place that nobody before was promised comes first, then the nearest of all."""
    mine = next((slot for slot in equal if promised[slot.pk] < slot.places_left), None)
    if mine is None:
        return Affected(booking, equal[:count])
    promised[mine.pk] += 1
    others = [slot for slot in equal if slot.pk != mine.pk]
    return Affected(booking, [mine, *others[: count - 1]], is_kept=True)


def _bookings(session: Session):
    rows = Appointment.objects.for_desk().with_reach().filter(slot__session=session, status__in=AFFECTED)
    return rows.order_by("starts_at", "place")


def _equal(
    booking: Appointment,
    stopped: list[Session],
    pools: dict[int, list[Slot]],
    origin: Origin,
    at: dt.datetime,
) -> list[Slot]:
    """From one reading of free places for each session, the nearest to this booking first."""
    slot = booking.slot
    if slot.session_id not in pools:
        free = alternatives.bookable(slot, origin, at).exclude(session__in=[s.pk for s in stopped])
        rank = slot.session.practitioner.title
        own = list(free.filter(session__practitioner=slot.session.practitioner_id)[:60])
        same_rank = free.filter(session__practitioner__title=rank)
        pools[slot.session_id] = own + list(same_rank.exclude(session__practitioner=slot.session.practitioner_id)[:60])
    return sorted(pools[slot.session_id], key=lambda found: alternatives.distance(slot, found))


def apply(plan: Plan, *, kind: str, reason: str, origin: Origin, at: dt.datetime | None = None) -> list[Stoppage]:
    """Stop new bookings, or cancel the sessions and all their bookings, by `kind`. Repeatable.

    Raises NotAllowed without the right, ReasonRequired, NothingPlanned, and PlanOutdated when somebody would be
    cancelled whom the plan did not show: make a new one, look, and apply that.
    """
    at = at or clock.now()
    _require(origin.by, reason)
    if not plan.sessions:
        raise NothingPlanned(field="sessions")
    plain = origin.keyless  # a request key names one booking, this is many
    stopped = once(plain, lambda: _close(plan, kind, reason, origin.by, at), reason)
    if kind == StoppageKind.CANCEL:
        for stoppage in stopped:
            once(plain, lambda stoppage=stoppage: _cancel(stoppage, plan, plain, at), reason)
            stoppage.refresh_from_db()
    return stopped


def _require(by: User, reason: str) -> None:
    if not by.has_perm("scheduling.stop_session"):
        raise NotAllowed
    if not reason.strip():
        raise ReasonRequired(field="reason")


def _close(plan: Plan, kind: str, reason: str, by: User, at: dt.datetime) -> list[Stoppage]:
    """Close every open slot: whoever is just claiming commits first or loses, because both change the slot's row.

    So who is booked can be read here for certain; if somebody was not shown, the doors stay as they were.
    """
    pks = [session.pk for session in plan.sessions]
    lock_sessions(pks)
    change_closure(Slot.objects.filter(session__in=pks), Closure.OPEN, Closure.STOPPED)
    if kind == StoppageKind.CANCEL:
        _require_seen(plan, pks)
    batch = uuid.uuid4()
    facts = {"batch": batch, "reason": reason[:200], "at": at, "by": by}
    rows = Session.objects.filter(pk__in=pks).order_by("starts_at", "pk")
    return [_write_down(session, kind, facts) for session in rows]


def _require_seen(plan: Plan, sessions: Sequence[int]) -> None:
    booked = Appointment.objects.filter(slot__session__in=sessions, status=AppointmentStatus.BOOKED)
    if not plan.seen.issuperset(booked.values_list("pk", flat=True)):
        raise PlanOutdated


def _write_down(session: Session, kind: str, facts: dict[str, object]) -> Stoppage:
    wanted = SessionStatus.CANCELLED if kind == StoppageKind.CANCEL else SessionStatus.STOPPED
    if session.status not in (wanted, SessionStatus.CANCELLED):
        session.status = wanted
        session.save()
    standing = {"session": session, "kind": kind, "lifted_at": None}
    return Stoppage.objects.get_or_create(**standing, defaults=facts)[0]


def _cancel(stoppage: Stoppage, plan: Plan, origin: Origin, at: dt.datetime) -> int:
    """Cancel what is still booked or held there; the doors are closed, so nothing is added meanwhile.

    Only a hold may have become a booking since then; that one was not shown either.
    """
    people = _bookings(stoppage.session).order_by().values("patient")
    list(Patient.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))
    locked = list(_bookings(stoppage.session).select_for_update(of=("self",), no_key=True).order_by("slot_id", "place"))
    _require_seen(plan, [stoppage.session_id])
    cancelled = 0
    for booking in locked:
        cancelled += booking.status == AppointmentStatus.BOOKED
        _end(booking, stoppage, origin, at)
    Stoppage.objects.filter(pk=stoppage.pk).update(cancelled=F("cancelled") + cancelled)
    return cancelled


def _end(booking: Appointment, stoppage: Stoppage, origin: Origin, at: dt.datetime) -> None:
    if booking.status == AppointmentStatus.BOOKED:
        appointments.end(booking, origin, at, reason=stoppage.reason, cause=CancelCause.CLINIC)
        return
    booking.status, booking.cancelled_at, booking.cancel_cause = AppointmentStatus.CANCELLED, at, CancelCause.CLINIC
    booking.save()
    give_back(booking)
    record(booking, "released", origin, at, stoppage.reason)


def lift(stoppage: Stoppage, *, origin: Origin, reason: str, at: dt.datetime | None = None) -> Stoppage:
    """Take bookings again. Cancelled bookings stay cancelled: people have been told. Raises WrongStatus."""
    at = at or clock.now()
    _require(origin.by, reason)

    def work() -> None:
        session = Session.objects.select_for_update(no_key=True).get(pk=stoppage.session_id)
        standing = session.stoppages.filter(lifted_at=None)
        if not standing.filter(pk=stoppage.pk).exists():
            raise WrongStatus(status=stoppage.get_kind_display())
        standing.update(lifted_at=at, lifted_by=origin.by)
        change_closure(session.slots, Closure.STOPPED, Closure.OPEN)
        session.status = SessionStatus.OPEN
        session.save()

    once(origin.keyless, work, reason)
    stoppage.refresh_from_db()
    return stoppage
