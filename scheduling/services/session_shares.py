"""What channel rules mean for one session: from rows to the arithmetic in `scheduling.shares`."""

import datetime as dt

from django.db.models import Count, F, Sum

from scheduling.models import Appointment, AppointmentStatus, ChannelRule, Closure, Session, Slot
from scheduling.shares import Share, of_percent


def shares_of(rules: list[ChannelRule], session: Session, places: int | None = None) -> list[Share]:
    """The rules that keep or cap places, as numbers of places of this session."""
    sharing = [rule for rule in rules if rule.reserved_percent or rule.max_percent < 100]
    if not sharing:
        return []
    if places is None:
        places = session.slots.aggregate(places=Sum("capacity"))["places"] or 0
    return [_share(rule, session, places) for rule in sharing]


def _share(rule: ChannelRule, session: Session, places: int) -> Share:
    return Share(
        name=rule.name,
        channel=rule.channel,
        reserved=of_percent(places, rule.reserved_percent),
        cap=of_percent(places, rule.max_percent),
        melts_at=session.starts_at - dt.timedelta(hours=rule.melts_hours),
    )


def taken_and_free(session: Session, at: dt.datetime) -> tuple[dict[str, int], int]:
    """Live claims of the session by channel, and places that nobody has; ended holds count as free."""
    claims = Appointment.objects.filter(slot__session=session).claiming()
    claims = claims.exclude(status=AppointmentStatus.HELD, held_until__lte=at)
    taken = dict(claims.order_by().values_list("channel").annotate(n=Count("pk")))
    left = Slot.objects.filter(session=session, closed=Closure.OPEN, ends_at__gt=at)
    free = left.filter(taken__lt=F("capacity")).aggregate(n=Sum(F("capacity") - F("taken")))["n"] or 0
    ended = Appointment.objects.filter(slot__session=session, slot__closed=Closure.OPEN).expired_holds(at).count()
    return taken, free + ended
