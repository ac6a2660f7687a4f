"""Bookings that patients began by themselves and did not finish: what was chosen outlives the place that was kept."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from common import clock
from patients.models import Patient
from scheduling.models import CLAIMING, Appointment, AppointmentStatus

KEPT = dt.timedelta(hours=24)
_LATER = [status for status in CLAIMING if status != AppointmentStatus.HELD]


def latest(people: Collection[Patient], *, by: User, at: dt.datetime | None = None) -> Appointment | None:
    """The newest place that `by` kept for one of these people within a day and that was not booked, while it runs and
    after it has lapsed; None when they gave it back themselves, or have booked the same service since. Its reference
    names it on the phone."""
    at = at or clock.now()
    rows = Appointment.objects.for_desk().filter(patient__in=people, by=by, created_at__gt=at - KEPT, starts_at__gt=at)
    open_rows = rows.filter(Q(status=AppointmentStatus.HELD) | Q(status=AppointmentStatus.LAPSED))
    since = Appointment.objects.filter(
        patient=OuterRef("patient"), slot__service=OuterRef("slot__service"), status__in=_LATER,
        created_at__gte=OuterRef("created_at"),
    )  # fmt: skip
    return open_rows.exclude(offer__isnull=False).filter(~Exists(since.order_by())).order_by("-pk").first()
