"""The end of a day: everybody whose booking has not come to an end yet. A fixed number of statements."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock
from common.badges import badge
from directory.models import Department
from scheduling import seeing
from scheduling.models import Appointment, AppointmentStatus
from visits.models import QueueEntry, QueueState

LOOK_BACK = 30  # days for which open rows are listed
WORDS = {
    "booked": (_("Neither arrived nor absent"), "info"),
    "arrived": (_("Arrived, not seen"), "primary"),
    "left": (_("Left without being seen"), "danger"),
}


@dataclass
class Row:
    """Somebody who is not settled."""

    booking: Appointment

    @property
    def state(self) -> str:
        """`booked`, `arrived` or `left`."""
        if self.booking.status == AppointmentStatus.BOOKED:
            return "booked"
        return "left" if self.booking.ticket_state == QueueState.LEFT else "arrived"

    @property
    def badge(self) -> Any:
        """The state in words."""
        words, tone = WORDS[self.state]
        return badge(words, tone)


def rows_of(user: User, day: dt.date, department: Department | None = None) -> list[Row]:
    """Everybody of `day` who is not settled, by practitioner and time."""
    found = _of_department(open_bookings(user).filter(slot__session__day=day), department)
    latest = QueueEntry.objects.filter(appointment=OuterRef("pk")).order_by("-pk").values("state")[:1]
    ordered = found.for_desk().order_by("slot__session__practitioner__name_pinyin", "starts_at", "pk")
    people = ordered.annotate(ticket_state=Subquery(latest)).prefetch_related("patient__contact_points")
    return [Row(booking) for booking in people]


def open_bookings(user: User) -> QuerySet[Appointment]:
    """Booked or arrived, and not ended."""
    return seeing.appointments(user).filter(status__in=(AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED))


def past_days(user: User, department: Department | None = None) -> list[tuple[dt.date, int]]:
    """(day, how many are open) of the last days before today, the latest first."""
    today = clock.today()
    span = {"slot__session__day__lt": today, "slot__session__day__gte": today - dt.timedelta(days=LOOK_BACK)}
    found = _of_department(open_bookings(user).filter(**span), department)
    days = found.order_by("-slot__session__day").values_list("slot__session__day")
    return list(days.annotate(n=Count("pk")))


def absent(user: User, day: dt.date, department: Department | None = None) -> list[Appointment]:
    """Those of `day` of whom it was recorded that they did not come."""
    rows = seeing.appointments(user).filter(slot__session__day=day, status=AppointmentStatus.NOSHOW)
    ordered = _of_department(rows, department).for_desk()
    return list(ordered.order_by("slot__session__practitioner__name_pinyin", "starts_at", "pk"))


def chosen(user: User, uuids: Iterable[UUID]) -> list[Appointment]:
    """The bookings of these public ids that the person may see, by practitioner and time."""
    rows = seeing.appointments(user).filter(uuid__in=list(uuids), patient__isnull=False).for_desk()
    return list(rows.order_by("slot__session__practitioner__name_pinyin", "starts_at", "pk"))


def _of_department(rows: QuerySet[Appointment], department: Department | None) -> QuerySet[Appointment]:
    return rows.filter(slot__service__department=department) if department else rows
