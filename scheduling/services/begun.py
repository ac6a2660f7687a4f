"""Bookings that patients began by themselves and did not finish: what was chosen outlives the place that was kept."""

import datetime as dt
from collections.abc import Collection
from functools import lru_cache

from django.db.models import BigIntegerField, DateTimeField, Exists, OuterRef, QuerySet

from accounts.models import User
from common import clock
from common.compiled import Compiled, Given
from patients.models import Patient
from scheduling.models import CLAIMING, Appointment, AppointmentStatus

from .wishes import given_ids, padded, padded_size

KEPT = dt.timedelta(hours=24)
_LATER = [status for status in CLAIMING if status != AppointmentStatus.HELD]


def latest(people: Collection[Patient], *, by: User, at: dt.datetime | None = None) -> Appointment | None:
    """The newest place that `by` kept for one of these people within a day and that was not booked, while it runs and
    after it has lapsed; None when they gave it back themselves, or have booked the same service since. Its reference
    names it on the phone."""
    at = at or clock.now()
    ids = {person.pk: 1 for person in people}
    size = padded_size(ids)
    return _latest(size).first(**padded("patient", ids, size), by=by.pk, at=at, since=at - KEPT) if ids else None


@lru_cache(maxsize=8)
def _latest(size: int) -> Compiled:
    return Compiled(lambda: _query(size))


def _query(size: int) -> QuerySet[Appointment]:
    rows = Appointment.objects.for_desk().filter(
        patient__pk__in=given_ids("patient", size), by=Given("by", BigIntegerField()),
        created_at__gt=Given("since", DateTimeField()), starts_at__gt=Given("at", DateTimeField()),
        status__in=(AppointmentStatus.HELD, AppointmentStatus.LAPSED), offer=None,
    )  # fmt: skip
    since = Appointment.objects.filter(
        patient=OuterRef("patient"), slot__service=OuterRef("slot__service"), status__in=_LATER,
        created_at__gte=OuterRef("created_at"),
    )  # fmt: skip
    return rows.filter(~Exists(since.order_by())).order_by("-pk")
