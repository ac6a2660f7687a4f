"""Blocking single slots and changing how many places they have."""

from django.db import transaction
from django.db.models import F

from accounts.models import User
from common.errors import ReasonRequired
from common.history import acting, record_history
from scheduling.errors import PlaceChanged
from scheduling.models import Closure, Slot


def block(slots, *, by: User, reason: str) -> int:
    """Let nobody new into these open slots; bookings on them stay. Returns how many were blocked."""
    return _close(slots, Closure.OPEN, Closure.BLOCKED, by, reason)


def unblock(slots, *, by: User, reason: str) -> int:
    """Open blocked slots again; returns how many."""
    return _close(slots, Closure.BLOCKED, Closure.OPEN, by, reason)


@transaction.atomic
def _close(slots, old: str, new: str, by: User, reason: str) -> int:
    if not reason.strip():
        raise ReasonRequired(field="reason")
    pks = sorted(slots.filter(closed=old).values_list("pk", flat=True))
    changed = Slot.objects.filter(pk__in=pks, closed=old).update(closed=new)
    with acting(by, reason):
        record_history(Slot.objects.filter(pk__in=pks, closed=new), "~")
    return changed


@transaction.atomic
def set_capacity(slot: Slot, capacity: int, *, by: User, reason: str) -> Slot:
    """Give the slot that many places. Raises PlaceChanged when more are taken already."""
    if not reason.strip():
        raise ReasonRequired(field="reason")
    fits = Slot.objects.filter(pk=slot.pk, taken__lte=capacity + F("overbooking"))
    if not fits.update(capacity=capacity):
        raise PlaceChanged(field="capacity")
    with acting(by, reason):
        record_history(Slot.objects.filter(pk=slot.pk), "~")
    slot.refresh_from_db()
    return slot
