"""Who has the same record open at the same time: asked and told by the open pages themselves."""

import datetime as dt

from django.db import transaction

from accounts.models import Presence, User
from common import clock

ASKED_EVERY = dt.timedelta(seconds=15)  # by the pages, see desk/_presence.html
FORGOTTEN_AFTER = 2 * ASKED_EVERY + dt.timedelta(seconds=5)  # two lost questions are forgiven


@transaction.atomic
def here(*, user: User, record: str, at: dt.datetime | None = None) -> list[Presence]:
    """`user` has `record` ("patients.patient/12") open; returns the others who have, who came first in front."""
    at = at or clock.now()
    gone = at - FORGOTTEN_AFTER
    Presence.objects.filter(seen_at__lt=gone).delete()
    mine = Presence(user=user, record=record, since=at, seen_at=at)
    Presence.objects.bulk_create(
        [mine], update_conflicts=True, unique_fields=["record", "user"], update_fields=["seen_at"]
    )
    return list(Presence.objects.filter(record=record).exclude(user=user).select_related("user"))
