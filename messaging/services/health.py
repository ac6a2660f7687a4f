"""Are messages going out? Read by /healthz, by a banner for staff and by `manage.py messages_health`."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Min, Q

from messaging.models import Delivery, DeliveryState, InboundMessage, InboundState, MessageChannel
from messaging.services import glance

LATE = dt.timedelta(minutes=5)  # what is due for longer says that the worker stands still or cannot keep up


@dataclass(frozen=True)
class Health:
    """How it stands at one moment.

    oldest_due: how long the oldest due delivery has waited; None when nothing is due. states: of the last day.
    """

    oldest_due: dt.timedelta | None
    due: int
    states: Counter
    unread: int
    paused: list[MessageChannel]

    @property
    def is_late(self) -> bool:
        return self.oldest_due is not None and self.oldest_due > LATE


def oldest_due(at: dt.datetime) -> dt.timedelta | None:
    """How long the oldest due delivery, sent or to be settled, has waited at `at`; None when nothing is due."""
    waiting = glance.oldest_waiting(at)
    unsettled = Delivery.objects.abandoned(at).order_by().aggregate(first=Min("lease_until"))["first"]
    moments = [moment for moment in (waiting, unsettled) if moment]
    return at - min(moments) if moments else None


def look(at: dt.datetime) -> Health:
    """All of it."""
    lately = Q(changed_at__gt=at - dt.timedelta(days=1)) & ~Q(state=DeliveryState.PENDING)
    counted = Delivery.objects.filter(lately).order_by().values_list("state").annotate(n=Count("pk"))
    return Health(
        oldest_due=oldest_due(at),
        due=Delivery.objects.overdue(at).count(),
        states=Counter(dict(counted)),
        unread=InboundMessage.objects.filter(state__in=(InboundState.NEW, InboundState.OPEN)).count(),
        paused=list(MessageChannel.objects.filter(paused_until__gt=at)),
    )
