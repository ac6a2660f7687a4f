"""A carrier is away for an hour while thousands wait: what goes first, what another way, and what no more."""

import datetime as dt
import os
from collections import Counter
from itertools import cycle

import pytest

from messaging.channels.base import Accepted, TransportError
from messaging.models import Delivery, DeliveryState, Medium, Message, Priority, SendingRule
from messaging.services.sending import claiming, drain
from messaging.tests.factories import make_kind
from patients.models import ContactPoint, Patient

WAITING = int(os.environ.get("OUTAGE_MESSAGES", "700"))  # 20000 for the whole experiment
SHORT = 8  # each such message, if it is a reminder, is worth nothing any more before the hour is over
KINDS = {
    "stopped": Priority.STOPPAGE,
    "code": Priority.CODE,
    "visit_reminder": Priority.REMINDER,
    "campaign": Priority.CAMPAIGN,
}


@pytest.fixture
def line(carrier, noon, monkeypatch):
    """The carrier of all media; SMS cannot be reached until `line.back`. `line.got`: when and what it took."""
    carrier.at_once, carrier.back, carrier.got = 50, noon.now + dt.timedelta(hours=1), []

    def send(self, message):
        if message.medium == Medium.SMS and noon.now < carrier.back:
            raise TransportError("refused", down=True)
        carrier.got.append((noon.now, message))
        return Accepted(f"id-{len(carrier.got)}")

    monkeypatch.setattr(carrier, "send", send)
    return carrier


@pytest.fixture
def waiting(known, noon, line):
    """WAITING messages, kinds mixed; some reminders are worth nothing any more before the hour is over."""
    for code, priority in KINDS.items():
        known(make_kind(code, priority=priority))
    SendingRule.objects.update(opens="00:00", closes="23:59:59.999999", a_day=0)
    people = Patient.objects.bulk_create(
        Patient(name=f"Patient {n}", record_number=f"O{n:08}", language="en") for n in range(WAITING)
    )
    ContactPoint.objects.bulk_create(
        point
        for n, one in enumerate(people)
        for point in (
            ContactPoint(patient=one, system="phone", value=f"+8613{n:09}"),
            ContactPoint(patient=one, system="email", value=f"patient{n}@example.org"),
        )
    )
    mix = cycle(["campaign", "visit_reminder", "code", "visit_reminder", "campaign", "visit_reminder", "stopped"])
    Delivery.objects.bulk_create(_delivery(n, one, next(mix), noon.now) for n, one in enumerate(people))


def _delivery(number, patient, kind, now):
    is_short = kind == "visit_reminder" and number % SHORT == 1
    return Delivery(
        key=f"{kind}:{number}", patient=patient, kind=kind, priority=KINDS[kind],
        media="sms email" if kind == "stopped" else "sms", due_at=now,
        expires_at=now + dt.timedelta(minutes=45 if is_short else 24 * 60), changed_at=now, created_at=now,
    )  # fmt: skip


def pass_the_time(noon, minutes):
    """A worker that wakes each minute."""
    for _ in range(minutes):
        while drain(seconds=60):
            pass
        noon.later(minutes=1)


def test_after_an_hour_without_the_carrier_the_urgent_go_first_and_nothing_goes_late(noon, waiting, line):
    begun = noon.now
    pass_the_time(noon, 60)
    assert {message.medium for _at, message in line.got} == {Medium.EMAIL}
    pass_the_time(noon, 3)
    kinds = Counter(Delivery.objects.values_list("kind", flat=True))
    short = Delivery.objects.filter(expires_at__lt=begun + dt.timedelta(hours=1)).count()
    assert Counter(Delivery.objects.values_list("kind", "state")) == {
        ("stopped", DeliveryState.ACCEPTED): kinds["stopped"],
        ("code", DeliveryState.ACCEPTED): kinds["code"],
        ("visit_reminder", DeliveryState.ACCEPTED): kinds["visit_reminder"] - short,
        ("visit_reminder", DeliveryState.EXPIRED): short,
        ("campaign", DeliveryState.ACCEPTED): kinds["campaign"],
    }
    assert_in_time(line.got)
    assert_urgent_first([message for at, message in line.got if at >= line.back])


def assert_in_time(got):
    """Nothing was taken after the moment from which it is worth nothing, and nothing twice."""
    until = dict(Message.objects.values_list("uuid", "delivery__expires_at"))
    assert all(at < until[message.ref] for at, message in got)
    assert max(Counter(message.ref for _at, message in got).values()) == 1


def assert_urgent_first(messages):
    """By priority. Those of one turn go out side by side, so only what lies a turn apart has an order."""
    priority = dict(Message.objects.values_list("uuid", "delivery__priority"))
    order = [priority[message.ref] for message in messages]
    assert len(order) > 2 * claiming.AT_ONCE
    assert all(early <= late for early, late in zip(order, order[claiming.AT_ONCE :], strict=False))
