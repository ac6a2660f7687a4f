"""Channel rules over a page of slots: the rules are read once, sessions counted once."""

import datetime as dt

from django.db.models import Count

from common.compiled import Compiled
from scheduling import shares
from scheduling.models import Appointment, AppointmentStatus, ChannelRule, Closure, Slot

from . import rules
from .session_shares import places_free, shares_of

_rules = Compiled(lambda: ChannelRule.objects.filter(is_active=True))


def active_rules() -> list[ChannelRule]:
    """Every rule in use."""
    return list(_rules.rows())


class PageShares:
    """What the rules leave to a channel, slot by slot."""

    def __init__(self, slots: list[Slot], at: dt.datetime):
        self.at = at
        self.rules = active_rules() if slots and slots[0].service.any_rules else []
        sessions = {slot.session_id for slot in slots if self._rules_for(slot)} if self.rules else set()
        self.taken, self.free, self.places = _count_sessions(sessions, at) if sessions else ({}, {}, {})

    def _rules_for(self, slot: Slot) -> list[ChannelRule]:
        return [rule for rule in self.rules if rule.speaks_of(slot.service)]

    def allowed(self, slot: Slot, channel: str) -> int:
        """Places of this slot that the channel may take, were all of them free. Raises the refusal of the rule that
        says none."""
        left = self.left(slot, channel)
        return slot.capacity if left is None else left

    def left(self, slot: Slot, channel: str) -> int | None:
        """Places of the slot's whole session that the channel may take; None when no rule counts them. Raises as
        `allowed` does."""
        if not self.rules:
            return None
        speaking = self._rules_for(slot)
        for rule in speaking:
            if rule.channel == channel:
                rules.check_window(rule, slot, self.at)
        standing = shares_of(speaking, slot.session, self.places.get(slot.session_id, 0))
        if not standing:
            return None
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
