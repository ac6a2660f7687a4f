"""Letting people in at an even pace, in the order in which they came.

The generic cell rate algorithm (ITU-T I.371): one moment is kept, the next that is free; each person gets it, or now,
whichever is later, and moves it on by one interval. So there is no list that could grow, and nobody has to be counted.
"""

import datetime as dt

from django.db import transaction

from accounts.models import Turnstile
from common import clock


def take(name: str, *, per_second: float, at: dt.datetime | None = None) -> dt.datetime:
    """When this person may go in: now when there is no line, else after everybody who asked before."""
    at = at or clock.now()
    Turnstile.objects.get_or_create(name=name, defaults={"next_at": at})
    with transaction.atomic():
        door = Turnstile.objects.select_for_update().get(name=name)
        turn = max(at, door.next_at)
        door.next_at = turn + dt.timedelta(seconds=1 / per_second)
        door.save(update_fields=["next_at"])
    return turn


def ahead(turn: dt.datetime, *, per_second: float, at: dt.datetime | None = None) -> int:
    """How many people go in before."""
    seconds = (turn - (at or clock.now())).total_seconds()
    return max(0, round(seconds * per_second))
