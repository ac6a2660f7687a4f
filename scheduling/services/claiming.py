"""Taking and giving back places: the only code that moves `Slot.taken`."""

import datetime as dt

from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet, Subquery, Sum

from common.compiled import Compiled, CompiledInsert, Given
from common.errors import ReasonRequired
from scheduling.errors import OverbookLimit, OverbookNotAllowed, SessionStopped, SlotBlocked, SlotFull
from scheduling.models import (
    CLAIMING,
    Appointment,
    AppointmentEvent,
    AppointmentStatus,
    Closure,
    EventKind,
    Session,
    Slot,
)

from .origin import Origin, system_origin


def claim_place(slot: Slot, at: dt.datetime, may_wait: bool = True) -> int:
    """Take one place of `slot` and return its number, the lowest that nobody has.

    Decided by one conditional UPDATE; when it finds no place, holds that have ended are reclaimed and it is tried once
    more. may_wait: for whoever is just ending such a hold; not for a caller that has locked slots already.
    Raises SlotFull, or SlotBlocked / SessionStopped when the slot was closed meanwhile.
    """
    if Slot.objects.claim(slot.pk):
        return lowest_free_place(slot)
    lapse_holds(Appointment.objects.filter(slot=slot), at, may_wait)
    if Slot.objects.claim(slot.pk):
        return lowest_free_place(slot)
    raise _why_not(slot)


def claim_extra_place(slot: Slot, origin: Origin, reason: str, at: dt.datetime) -> tuple[int, bool]:
    """A place for somebody who must be seen (加号): a normal one if there is one, else one beyond capacity.

    Returns the place number and whether it lies beyond capacity. The session row is locked, so that its limit
    holds however many desks overbook at once. Raises OverbookNotAllowed, ReasonRequired, OverbookLimit.
    """
    if not origin.by.has_perm("scheduling.overbook_appointment"):
        raise OverbookNotAllowed
    if not reason.strip():
        raise ReasonRequired(field="reason")
    session = Session.objects.select_for_update(no_key=True).get(pk=slot.session_id)
    lapse_holds(Appointment.objects.filter(slot=slot), at)
    if Slot.objects.claim(slot.pk):
        return lowest_free_place(slot), False
    used = session.slots.aggregate(used=Sum("overbooking"))["used"] or 0
    if used >= session.overbook_limit:
        raise OverbookLimit(limit=session.overbook_limit)
    if not Slot.objects.claim_extra(slot.pk):
        raise _why_not(slot)
    return lowest_free_place(slot, certainly_first=False), True


def lowest_free_place(slot: Slot, certainly_first: bool = True) -> int:
    """The number of a place just claimed; the slot's row is ours, so no number can be given twice.

    A slot of one place was empty or the claim had failed, so its number is 1 and nothing need be read.
    """
    if certainly_first and slot.capacity == 1:
        return 1
    taken, highest = _taken_and_highest.first(slot=slot.pk)
    return taken if (highest or 0) < taken else _lowest_gap(slot)


def _count_places() -> QuerySet:
    """How many places of a slot are taken, and the highest number given."""
    live = Appointment.objects.filter(slot=OuterRef("pk"), status__in=CLAIMING)
    highest = Subquery(live.order_by("-place").values("place")[:1])
    return Slot.objects.filter(pk=Given("slot", BigIntegerField())).order_by().values_list("taken", highest)


_taken_and_highest = Compiled(_count_places)


def _lowest_gap(slot: Slot) -> int:
    """The first number after a live place (or after none) that no live place has."""
    live = Appointment.objects.filter(slot=slot, status__in=CLAIMING)
    if not live.filter(place=1).exists():
        return 1
    after = Appointment.objects.filter(slot=slot, status__in=CLAIMING, place=OuterRef("place") + 1)
    return live.filter(~Exists(after)).order_by("place").values_list("place", flat=True)[0] + 1


def give_back(appointment: Appointment) -> None:
    """The place is free at once, for every channel."""
    Slot.objects.give_back(appointment.slot_id)


def give_up(kept: Appointment, origin: Origin, at: dt.datetime) -> Appointment:
    """The release itself, of a hold that is locked and stands."""
    kept.status, kept.cancelled_at = AppointmentStatus.CANCELLED, at
    kept.save()
    give_back(kept)
    record(kept, EventKind.RELEASED, origin, at)
    return kept


def lapse_holds(appointments, at: dt.datetime, may_wait: bool = False) -> int:
    """End the holds among `appointments` whose time is over and free their places; returns how many.

    Rows that another transaction is just ending are skipped, or waited for with `may_wait`.
    """
    rows = appointments.expired_holds(at).select_for_update(skip_locked=not may_wait, of=("self",), no_key=True)
    ended = list(rows.order_by("pk"))
    if not ended:
        return 0
    origin = system_origin()
    for hold in sorted(ended, key=lambda hold: hold.slot_id):
        hold.status = AppointmentStatus.LAPSED
        hold.save(update_fields=["status"])
        record(hold, EventKind.LAPSED, origin, at)
        give_back(hold)
    return len(ended)


def record(appointment: Appointment, kind: str, origin: Origin, at: dt.datetime, reason: str = "", **more: int) -> None:
    """Write the fact, in the transaction that makes it true; `more` are further fields of the event."""
    _events.run(fact(appointment, kind, origin, at, reason, **more).__dict__)


_events = CompiledInsert(AppointmentEvent)


def fact(
    appointment: Appointment, kind: str, origin: Origin, at: dt.datetime, reason: str = "", **more: int
) -> AppointmentEvent:
    """What was done to the appointment, by whom, through which door, for which request."""
    return AppointmentEvent(
        appointment_id=appointment.pk,
        kind=kind,
        at=at,
        by=origin.by,
        channel=origin.channel,
        reason=reason[:200],
        slot_id=appointment.slot_id,
        request_key=origin.key,
        request_digest=origin.digest if origin.key else "",
        **more,
    )


def _why_not(slot: Slot) -> Exception:
    """The refusal that fits what the slot is now."""
    closed = Slot.objects.filter(pk=slot.pk).values_list("closed", flat=True).first()
    if closed == Closure.STOPPED:
        return SessionStopped(field="slot")
    return SlotBlocked(field="slot") if closed else SlotFull(field="slot")
