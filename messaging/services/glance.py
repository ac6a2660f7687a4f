"""How sending goes, in four numbers that lead to their rows. Reads indexes only, counts no further than it shows."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from common import clock
from common.shown import AtLeast
from messaging.models import Delivery, DeliveryState, Priority, SendingRule

COUNTED_TO = 5_000


@dataclass(frozen=True)
class Glance:
    """oldest: when the one was due that waits longest (UTC), None when none waits."""

    waiting: int
    oldest: dt.datetime | None
    failed: int
    unknown: int


def waiting(rows: QuerySet[Delivery], at: dt.datetime) -> QuerySet[Delivery]:
    """Due and not sent. The priorities are named, for the index begins with them."""
    return rows.filter(state=DeliveryState.PENDING, due_at__lte=at, priority__in=Priority.values)


def ended_today(rows: QuerySet[Delivery], state: str, at: dt.datetime) -> QuerySet[Delivery]:
    """Those that ended so since midnight by the hospital's clock, whenever they were due."""
    return rows.filter(state=state, changed_at__gte=clock.day_bounds(clock.today(at))[0])


def read(at: dt.datetime) -> Glance:
    """Four statements."""
    rows = Delivery.objects.all()
    return Glance(
        waiting=_count(waiting(rows, at)),
        oldest=oldest_waiting(at),
        failed=_count(ended_today(rows, DeliveryState.FAILED, at)),
        unknown=_count(ended_today(rows, DeliveryState.UNKNOWN, at)),
    )


def _count(rows: QuerySet) -> int:
    counted = rows.order_by()[: COUNTED_TO + 1].count()
    return AtLeast(COUNTED_TO) if counted > COUNTED_TO else counted


def oldest_waiting(at: dt.datetime) -> dt.datetime | None:
    """When the delivery was due that waits longest. The first of each priority is one step into the index."""
    first = Delivery.objects.due(at).filter(priority=OuterRef("priority")).order_by("due_at").values("due_at")[:1]
    found = SendingRule.objects.annotate(oldest=Subquery(first)).values_list("oldest", flat=True)
    return min((one for one in found if one), default=None)
