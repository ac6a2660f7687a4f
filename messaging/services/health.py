"""How sending goes, in four numbers that lead to their rows. Reads indexes only, counts no further than it shows."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from common import clock
from common.shown import AtLeast
from messaging.models import Delivery, DeliveryState, Priority, SendingRule

COUNTED_TO = 5_000


@dataclass(frozen=True)
class Health:
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


def read(at: dt.datetime) -> Health:
    """Four statements."""
    rows = Delivery.objects.all()
    return Health(
        waiting=_count(waiting(rows, at)),
        oldest=_oldest(at),
        failed=_count(ended_today(rows, DeliveryState.FAILED, at)),
        unknown=_count(ended_today(rows, DeliveryState.UNKNOWN, at)),
    )


def _count(rows: QuerySet) -> int:
    counted = rows.order_by()[: COUNTED_TO + 1].count()
    return AtLeast(COUNTED_TO) if counted > COUNTED_TO else counted


def _oldest(at: dt.datetime) -> dt.datetime | None:
    """The first of each priority is one step into the index; the oldest of those is it."""
    first = Delivery.objects.due(at).filter(priority=OuterRef("priority")).order_by("due_at").values("due_at")[:1]
    found = SendingRule.objects.annotate(oldest=Subquery(first)).values_list("oldest", flat=True)
    return min((one for one in found if one), default=None)
