"""What a patient may be told of messages to come."""

import datetime as dt

import pytest

from common import clock
from messaging.models import Delivery, DeliveryState
from messaging.services import planning
from messaging.services.planning import Planned
from reminders.services import announced
from scheduling.tests.factories import AppointmentFactory

pytestmark = pytest.mark.django_db


def test_the_next_reminder_is_the_first_that_waits():
    visit, now = AppointmentFactory(), clock.now()
    assert announced.next_reminder(visit) is None
    for hours in (30, 20, 10):
        planning.plan(
            [Planned(
                key=f"x:{hours}", patient=visit.patient, kind="reminder", media=["sms"],
                due_at=now + dt.timedelta(hours=hours), expires_at=now + dt.timedelta(days=3),
                about=("appointment", visit.pk, 1),
            )], now,
        )  # fmt: skip
    Delivery.objects.filter(key="x:10").update(state=DeliveryState.CANCELLED)
    assert announced.next_reminder(visit) == now + dt.timedelta(hours=20)
