"""Blocking single slots and changing how many places they have."""

from accounts.models import Channel, User
from common.errors import NotAllowed, ReasonRequired
from common.history import record_history
from scheduling.errors import PlaceChanged
from scheduling.models import Closure, Slot

from .once import once
from .origin import Origin


def block(slots, *, by: User, reason: str) -> int:
    """Let nobody new into these open slots; bookings on them stay. Returns how many were blocked.

    Raises NotAllowed, ReasonRequired.
    """
    return _close(slots, Closure.OPEN, Closure.BLOCKED, by, reason)


def unblock(slots, *, by: User, reason: str) -> int:
    """Open blocked slots again; returns how many."""
    return _close(slots, Closure.BLOCKED, Closure.OPEN, by, reason)


def _close(slots, old: str, new: str, by: User, reason: str) -> int:
    _require(by, "scheduling.block_slot", reason)
    return once(Origin(by, Channel.DESK), lambda: change_closure(slots, old, new), reason)


def _require(by: User, right: str, reason: str) -> None:
    if not by.has_perm(right):
        raise NotAllowed
    if not reason.strip():
        raise ReasonRequired(field="reason")


def change_closure(slots, old: str, new: str) -> int:
    """Give those of `slots` that are `old` the closure `new`, with history; in the caller's transaction.

    Locked by id first: an UPDATE of many rows would lock them in any order and could meet a move head-on.
    """
    rows = slots.filter(closed=old).select_for_update(no_key=True, of=("self",)).order_by("pk")
    pks = list(rows.values_list("pk", flat=True))
    changed = Slot.objects.filter(pk__in=pks).update(closed=new)
    record_history(Slot.objects.filter(pk__in=pks), "~")
    return changed


def set_capacity(slot: Slot, capacity: int, *, by: User, reason: str) -> Slot:
    """Give the slot that many places. Raises PlaceChanged when more are taken already, NotAllowed, ReasonRequired."""
    _require(by, "scheduling.change_session", reason)

    def work() -> None:
        if not Slot.objects.resize(slot.pk, capacity):
            raise PlaceChanged(field="capacity")
        record_history(Slot.objects.filter(pk=slot.pk), "~")

    once(Origin(by, Channel.DESK), work, reason)
    slot.refresh_from_db()
    return slot
