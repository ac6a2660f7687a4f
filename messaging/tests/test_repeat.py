"""Sending again by hand, and calling off."""

import datetime as dt
import threading

import pytest
from django.db import connection

from accounts.tests.factories import UserFactory
from messaging.channels.base import Outcome, Receipt, Settles, TransportError
from messaging.errors import MayComeTwice, NotToRepeat, NotWaiting, RepeatedAlready, TooLateToRepeat
from messaging.models import Delivery, DeliveryState, Medium, MessageChannel, MessageState, OptOut, Reason
from messaging.services import deliveries, receiving
from messaging.services.sending import drain
from patients.tests.factories import ContactPointFactory, PatientFactory

from .factories import DeliveryFactory

PHONE = "+8613800138000"
State = DeliveryState


@pytest.fixture
def alice(db):
    patient = PatientFactory(name="Alice Smith", language="en")
    ContactPointFactory(patient=patient, value=PHONE)
    return patient


@pytest.fixture
def supervisor(db):
    return UserFactory()


def after_sending(delivery: Delivery) -> Delivery:
    drain(seconds=5)
    delivery.refresh_from_db()
    return delivery


@pytest.fixture
def failed(noon, kind, carrier, alice):
    """The carrier refused it for good."""
    carrier.says(TransportError("Blocked", permanent=True))
    row = after_sending(DeliveryFactory(patient=alice))
    assert row.state == State.FAILED
    return row


@pytest.fixture
def unknown(noon, kind, carrier, alice):
    """The carrier gave no clear answer, and cannot be asked."""
    carrier.settles = Settles.NEVER
    carrier.says(TransportError("Timeout", unknown=True))
    row = after_sending(DeliveryFactory(patient=alice))
    assert row.state == State.UNKNOWN
    return row


def test_what_failed_goes_out_again_under_a_new_number(failed, carrier, supervisor):
    again = after_sending(deliveries.repeat(failed, by=supervisor))
    first, second = carrier.sent
    assert (again.state, again.again_of, again.by) == (State.ACCEPTED, failed, supervisor)
    assert first.ref != second.ref
    failed.refresh_from_db()
    assert failed.state == State.FAILED


def test_a_repeat_is_about_the_same_and_ends_at_the_same_time(failed, supervisor):
    again = deliveries.repeat(failed, by=supervisor)
    same = ("patient", "kind", "priority", "media", "context", "about_kind", "about_id", "about_version", "expires_at")
    assert [getattr(again, name) for name in same] == [getattr(failed, name) for name in same]


def test_it_is_sent_again_only_once(failed, supervisor):
    deliveries.repeat(failed, by=supervisor)
    with pytest.raises(RepeatedAlready):
        deliveries.repeat(failed, by=supervisor)
    assert Delivery.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_press_at_once_one_sends_it(noon, kind, carrier, supervisor):
    row = DeliveryFactory(state=State.FAILED)
    start, outcomes = threading.Barrier(2), []

    def press():
        start.wait()
        try:
            outcomes.append(deliveries.repeat(row, by=supervisor).pk)
        except RepeatedAlready:
            outcomes.append(None)
        finally:
            connection.close()

    people = [threading.Thread(target=press) for _ in range(2)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert outcomes.count(None) == 1
    assert Delivery.objects.filter(again_of=row).count() == 1


def test_the_repeat_itself_may_be_sent_again(failed, carrier, supervisor):
    carrier.says(TransportError("Blocked", permanent=True))
    second = after_sending(deliveries.repeat(failed, by=supervisor))
    third = after_sending(deliveries.repeat(second, by=supervisor))
    assert (second.state, third.state) == (State.FAILED, State.ACCEPTED)


def test_the_repeat_is_refused_by_the_same_rules(failed, alice, supervisor, noon):
    OptOut.objects.create(medium=Medium.SMS, address=PHONE, said="TD", at=noon.now)
    again = after_sending(deliveries.repeat(failed, by=supervisor))
    assert (again.state, again.reason) == (State.SUPPRESSED, Reason.OPTED_OUT)


def test_what_perhaps_arrived_is_sent_again_only_by_who_says_so(unknown, carrier, supervisor):
    with pytest.raises(MayComeTwice):
        deliveries.repeat(unknown, by=supervisor)
    drain(seconds=5)
    assert len(carrier.sent) == 1
    after_sending(deliveries.repeat(unknown, by=supervisor, is_sure=True))
    assert len(carrier.sent) == 2


def test_a_failed_one_with_a_try_of_unknown_outcome_needs_the_same_word(failed, supervisor):
    failed.messages.update(state=MessageState.UNKNOWN)
    with pytest.raises(MayComeTwice):
        deliveries.repeat(failed, by=supervisor)


def test_a_receipt_that_comes_before_the_repeat_went_out_spares_it(unknown, carrier, supervisor, noon):
    again = deliveries.repeat(unknown, by=supervisor, is_sure=True)
    receipt = Receipt("1", Outcome.DELIVERED, ref=unknown.messages.get().uuid)
    receiving.take(receipt, MessageChannel.objects.get(medium=Medium.SMS), noon.now)
    after_sending(again)
    assert (again.state, again.reason, len(carrier.sent)) == (State.CANCELLED, Reason.ARRIVED_AFTER_ALL, 1)


@pytest.mark.parametrize("state", [State.PENDING, State.ACCEPTED, State.DELIVERED, State.CANCELLED])
def test_what_arrived_waits_or_was_called_off_is_not_sent_again(noon, db, supervisor, state):
    with pytest.raises(NotToRepeat):
        deliveries.repeat(DeliveryFactory(state=state), by=supervisor)


@pytest.mark.parametrize("state", [State.EXPIRED, State.SUPPRESSED])
def test_what_was_held_back_may_be_sent_while_its_time_lasts(noon, db, supervisor, state):
    row = DeliveryFactory(state=state)
    assert deliveries.can_repeat(row)
    noon.later(days=2)
    assert not deliveries.can_repeat(row)
    with pytest.raises(TooLateToRepeat):
        deliveries.repeat(row, by=supervisor)


def test_what_waits_is_called_off_and_says_by_whom(noon, kind, carrier, alice, supervisor):
    row = DeliveryFactory(patient=alice, due_at=noon.now + dt.timedelta(minutes=1))
    deliveries.call_off(row, by=supervisor)
    noon.later(minutes=2)
    after_sending(row)
    assert (row.state, row.reason, row.by, carrier.sent) == (State.CANCELLED, Reason.BY_HAND, supervisor, [])


def test_what_is_on_the_wire_cannot_be_called_off(failed, supervisor):
    with pytest.raises(NotWaiting):
        deliveries.call_off(failed, by=supervisor)
