"""What a patient may be told of messages that are still to come."""

import datetime as dt

from messaging.models import Delivery, DeliveryState
from reminders.judging import VISIT
from scheduling.models import Appointment


def next_reminder(booking: Appointment) -> dt.datetime | None:
    """When the next reminder of the visit as it stands goes out; None when none is planned."""
    waiting = Delivery.objects.about(VISIT, booking.pk).filter(kind="reminder", state=DeliveryState.PENDING)
    return waiting.order_by("due_at").values_list("due_at", flat=True).first()
