"""What channel rules mean for one session: from rows to the arithmetic in `scheduling.shares`."""

import datetime as dt

from django.db.models import Count, F, Q, Sum

from scheduling.models import Appointment, AppointmentStatus, ChannelRule, Closure, Session, Slot
from scheduling.shares import Share, of_percent


def shares_of(rules: list[ChannelRule], session: Session, places: int | None = None) -> list[Share]:
    """The rules that keep or cap places, as numbers of places of this session."""
    sharing = [rule for rule in rules if rule.reserved_percent or rule.max_percent < 100]
    if not sharing:
        return []
    if places is None:
        places = session.slots.in_roster().aggregate(places=Sum("capacity"))["places"] or 0
    return [_share(rule, session, places) for rule in sharing]


def _share(rule: ChannelRule, session: Session, places: int) -> Share:
    return Share(
        name=rule.name,
        channel=rule.channel,
        reserved=of_percent(places, rule.reserved_percent),
        cap=of_percent(places, rule.max_percent),
        melts_at=session.starts_at - dt.timedelta(hours=rule.melts_hours),
    )


def taken_and_free(
    session: Session, at: dt.datetime, ignoring: Appointment | None = None
) -> tuple[dict[str, int], int]:
    """Live claims of the session by channel, and places that nobody has; ended holds count as free.

    ignoring: the booking that is being moved, whose place becomes free with it.
    """
    over = Q(status=AppointmentStatus.HELD, held_until__lte=at)
    if ignoring:
        over |= Q(pk=ignoring.pk)
    claims = Appointment.objects.filter(slot__session=session).claiming().order_by()
    taken = dict(claims.exclude(over).values_list("channel").annotate(n=Count("pk")))
    left = Slot.objects.filter(session=session, closed=Closure.OPEN, ends_at__gt=at)
    free = left.filter(taken__lt=F("capacity")).aggregate(n=Sum(F("capacity") - F("taken")))["n"] or 0
    leaving = claims.filter(over, slot__closed=Closure.OPEN, slot__ends_at__gt=at)
    rows = leaving.values_list("slot", "slot__capacity", "slot__taken").annotate(n=Count("pk"))
    return taken, free + sum(places_free(c, t - n) - places_free(c, t) for _slot, c, t, n in rows)


def places_free(capacity: int, taken: int) -> int:
    """An overbooked slot shrinks back before it has a free place."""
    return max(0, capacity - taken)
