"""Who got the message of a stopped clinic knows of it; whose phone gave no sign is called."""

import datetime as dt

from django.db.models import F

from accounts.services.actors import system_user
from common.errors import Refusal
from interactions.models import TaskKind
from interactions.services import tasks
from messaging.models import Delivery, DeliveryState
from messaging.services import receipts
from reminders.judging import VISIT, bookings_of
from reminders.services import choosing, substituting
from scheduling.models import Appointment
from scheduling.services import telling

STOPPED = ("stopped", "stopped_kept")
LATELY = dt.timedelta(days=1)
SETTLED = dt.timedelta(minutes=10)  # where no carrier tells of arrivals, a message counts as read after this
NO_SIGN = dt.timedelta(minutes=30)  # where one does, somebody calls after this


def mark_told(at: dt.datetime) -> None:
    """They need not be told by staff. While a place is kept for them, they are still to decide."""
    for booking in bookings_of(_arrived(_sent(at), at)).values():
        is_known = booking.events.filter(kind="told", at__gte=F("appointment__cancelled_at")).exists()
        if not is_known and not substituting.standing(booking, at):
            _tell(booking, at)


def without_a_sign(at: dt.datetime) -> list[Delivery]:
    """Sent half an hour ago by a carrier that tells of arrivals, and it has told of none."""
    rows = [row for row in _sent(at) if row.state == DeliveryState.ACCEPTED and row.sent_at <= at - NO_SIGN]
    telling_media = receipts.telling_media(at) if rows else ()
    return [row for row in rows if row.medium in telling_media]


def _sent(at: dt.datetime) -> list[Delivery]:
    sent = Delivery.objects.lately((DeliveryState.ACCEPTED, DeliveryState.DELIVERED), at - LATELY - SETTLED)
    return list(sent.filter(kind__in=STOPPED, about_kind=VISIT).order_by("pk"))


def _arrived(rows: list[Delivery], at: dt.datetime) -> list[Delivery]:
    """As far as anybody can tell."""
    telling_media = receipts.telling_media(at) if rows else ()
    return [
        row
        for row in rows
        if row.state == DeliveryState.DELIVERED or (row.sent_at <= at - SETTLED and row.medium not in telling_media)
    ]


def _tell(booking: Appointment, at: dt.datetime) -> None:
    try:
        telling.tell(appointment=booking, origin=choosing.origin(), at=at)
    except Refusal:  # it was taken back, or booked anew, in the same moment
        return
    tasks.drop_about(VISIT, booking.pk, "settled", by=system_user(), kinds=[TaskKind.CALL_STOPPAGE], at=at)
