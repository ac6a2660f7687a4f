"""Receipts and answers."""

import datetime as dt
import uuid

import pytest

from accounts.tests.factories import UserFactory
from messaging import replying
from messaging.channels.base import Outcome, Receipt, Reply
from messaging.models import (
    DeliveryState,
    InboundMessage,
    InboundState,
    Medium,
    MessageChannel,
    MessageState,
    OptOut,
    Reason,
)
from messaging.replying import Understood
from messaging.services import receiving
from messaging.services.sending import drain
from patients.models import ContactSystem
from patients.tests.factories import ContactPointFactory, PatientFactory

from .factories import DeliveryFactory

PHONE = "+8613800138000"


@pytest.fixture
def alice(db):
    patient = PatientFactory(name="Alice Smith", language="en")
    ContactPointFactory(patient=patient, value=PHONE)
    return patient


@pytest.fixture
def delivery(noon, kind, carrier, alice):
    """Sent by SMS."""
    row = DeliveryFactory(patient=alice, media="sms voice")
    drain(seconds=5)
    row.refresh_from_db()
    return row


@pytest.fixture
def sms(db):
    return MessageChannel.objects.get(medium=Medium.SMS)


@pytest.fixture
def readers(monkeypatch):
    """The readers of answers of this test alone."""
    monkeypatch.setattr(replying, "_readers", [])
    return replying.reader


def receipt(delivery, outcome=Outcome.DELIVERED, event="1", **more):
    message = delivery.messages.order_by("pk").first()
    return Receipt(event_id=event, outcome=outcome, ref=message.uuid, **more)


def reply(text, event="r1", sender=PHONE, **more):
    return Reply(event_id=event, sender=sender, text=text, medium=Medium.SMS, **more)


def again(row):
    row.refresh_from_db()
    return row


def test_a_receipt_says_that_it_arrived(noon, delivery, sms):
    receiving.take(receipt(delivery), sms, noon.later(minutes=1))
    assert (again(delivery).state, delivery.delivered_at) == (DeliveryState.DELIVERED, noon.now)
    assert delivery.messages.get().state == MessageState.DELIVERED


def test_a_receipt_without_our_number_is_known_by_the_carriers(noon, delivery, sms):
    receiving.take(Receipt("1", Outcome.DELIVERED, provider_id="id-1"), sms, noon.now)
    assert again(delivery).state == DeliveryState.DELIVERED


def test_a_receipt_that_comes_three_times_counts_once(noon, delivery, sms):
    receiving.take(receipt(delivery), sms, noon.later(minutes=1))
    first = again(delivery).delivered_at
    for _ in range(2):
        receiving.take(receipt(delivery), sms, noon.later(hours=5))
    assert again(delivery).delivered_at == first


def test_receipts_in_the_wrong_order_end_where_the_right_order_does(noon, delivery, sms):
    receiving.take(receipt(delivery, event="2"), sms, noon.now)
    receiving.take(receipt(delivery, Outcome.FAILED, event="1"), sms, noon.later(days=1))
    assert again(delivery).state == DeliveryState.DELIVERED
    assert delivery.messages.get().state == MessageState.DELIVERED


def test_a_failure_told_later_takes_the_next_channel(noon, delivery, sms):
    receiving.take(receipt(delivery, Outcome.FAILED, error="Out of reach"), sms, noon.later(minutes=10))
    assert again(delivery).state == DeliveryState.PENDING
    drain(seconds=5)
    assert (again(delivery).state, delivery.medium) == (DeliveryState.ACCEPTED, Medium.VOICE)


def test_a_late_failure_of_the_channel_before_changes_nothing_of_the_next(noon, delivery, sms):
    receiving.take(receipt(delivery, Outcome.FAILED, event="1"), sms, noon.later(minutes=10))
    drain(seconds=5)
    receiving.take(receipt(delivery, Outcome.FAILED, event="2", wrong_address=True), sms, noon.later(minutes=10))
    assert (again(delivery).state, delivery.medium) == (DeliveryState.ACCEPTED, Medium.VOICE)


def test_a_wrong_number_told_later_is_marked(noon, delivery, sms, alice):
    receiving.take(receipt(delivery, Outcome.FAILED, wrong_address=True, error="Unknown subscriber"), sms, noon.now)
    assert alice.contact_points.get().failed_at == noon.now
    drain(seconds=5)
    assert (again(delivery).state, delivery.reason) == (DeliveryState.FAILED, Reason.NO_ADDRESS)


def test_who_complains_of_a_letter_that_arrived_gets_no_more(noon, delivery, sms):
    receiving.take(receipt(delivery, opted_out=True, error="complaint"), sms, noon.now)
    assert again(delivery).state == DeliveryState.DELIVERED
    assert OptOut.objects.live().get().said == "complaint"


def test_a_receipt_before_our_own_note_of_sending_is_kept(noon, kind, carrier, alice, sms):
    row = DeliveryFactory(patient=alice)

    def arrives_at_once(message):
        receiving.take(Receipt("1", Outcome.DELIVERED, ref=message.ref), sms, noon.now)
        return carrier.__mro__[1].send(carrier({}), message)

    carrier.at_once = 1
    carrier.says(arrives_at_once)
    drain(seconds=5)
    assert again(row).state == DeliveryState.DELIVERED
    assert row.messages.get().state == MessageState.DELIVERED


def test_a_receipt_about_nothing_of_ours_changes_nothing(noon, delivery, sms):
    receiving.take(Receipt("1", Outcome.DELIVERED, ref=uuid.uuid4()), sms, noon.now)
    assert again(delivery).state == DeliveryState.ACCEPTED


def test_a_receipt_by_a_number_that_we_do_not_know_yet_is_taken_when_it_is_repeated(noon, delivery, sms):
    early = Receipt("2", Outcome.FAILED, provider_id="id-later")
    with pytest.raises(receiving.TooEarly):
        receiving.take(early, sms, noon.now)
    delivery.messages.update(provider_id="id-later")
    receiving.take(early, sms, noon.now)
    assert again(delivery).state == DeliveryState.PENDING


def test_an_answer_belongs_to_the_one_open_question_at_that_number(noon, delivery, sms, alice):
    inbound = receiving.take(reply("1"), sms, noon.later(minutes=5))
    assert (inbound.answers.delivery, inbound.patient, inbound.state) == (delivery, alice, InboundState.NEW)


def test_the_same_answer_twice_is_taken_once(noon, delivery, sms):
    assert receiving.take(reply("1"), sms, noon.now)
    assert receiving.take(reply("1"), sms, noon.now) is None
    assert InboundMessage.objects.count() == 1


def test_of_two_questions_to_one_family_phone_a_person_reads_the_answer(noon, delivery, sms, readers, carrier):
    child = PatientFactory()
    ContactPointFactory(patient=child, value=PHONE)
    DeliveryFactory(patient=child, about_kind="visit", about_id=2)
    drain(seconds=5)
    readers(lambda inbound: Understood("confirm") if inbound.answers else None)
    inbound = receiving.take(reply("1"), sms, noon.now)
    receiving.deal_with_new(noon.now)
    assert inbound.answers is None
    assert again(inbound).state == InboundState.OPEN


def test_of_two_questions_the_carrier_may_name_the_one_that_is_answered(noon, delivery, sms, carrier):
    child = PatientFactory()
    ContactPointFactory(patient=child, value=PHONE)
    other = DeliveryFactory(patient=child, about_kind="visit", about_id=2)
    drain(seconds=5)
    inbound = receiving.take(reply("1", ref=other.messages.get().uuid), sms, noon.now)
    assert inbound.patient == child


def test_a_sender_without_a_question_is_known_only_by_a_proved_number(noon, carrier, sms, alice):
    assert receiving.take(reply("hello"), sms, noon.now).patient is None
    alice.contact_points.update(verified_at=noon.now)
    assert receiving.take(reply("hello", event="r2"), sms, noon.now).patient == alice
    bob = PatientFactory()
    ContactPointFactory(patient=bob, value=PHONE, verified_at=noon.now)
    assert receiving.take(reply("hello", event="r3"), sms, noon.now).patient is None


def test_an_answer_is_dealt_with_once_and_stands_on_the_delivery(noon, delivery, sms, readers):
    done = []
    readers(lambda inbound: done.append(inbound.text) or Understood("confirm"))
    inbound = receiving.take(reply("1"), sms, noon.later(minutes=5))
    for _ in range(2):
        receiving.deal_with_new(noon.now)
    assert done == ["1"]
    assert (again(inbound).state, inbound.outcome) == (InboundState.UNDERSTOOD, "confirm")
    assert (again(delivery).answered_at, delivery.answer) == (noon.now, "confirm")


def test_what_nobody_understands_is_for_a_person(noon, delivery, sms, readers):
    readers(lambda inbound: None)
    inbound = receiving.take(reply("can my son come instead?"), sms, noon.now)
    receiving.deal_with_new(noon.now)
    assert again(inbound).state == InboundState.OPEN
    nurse = UserFactory()
    receiving.close(inbound, note="Called back", by=nurse)
    assert (again(inbound).state, inbound.outcome, inbound.closed_by) == (InboundState.CLOSED, "Called back", nurse)


def test_an_answer_that_breaks_its_reader_is_for_a_person_and_the_next_goes_on(noon, delivery, sms, readers, caplog):
    readers(lambda inbound: 1 / 0 if inbound.text == "1" else Understood("no"))
    first = receiving.take(reply("1"), sms, noon.now)
    second = receiving.take(reply("2", event="r2"), sms, noon.now)
    receiving.deal_with_new(noon.now)
    assert (again(first).state, again(second).state) == (InboundState.OPEN, InboundState.UNDERSTOOD)


@pytest.mark.parametrize("word", ["STOP", "stop.", "Unsubscribe", "td", "ＴＤ", "退订", "退订！", " 拒收 "])
def test_words_for_stop_are_heard_in_both_languages(noon, delivery, sms, word):
    receiving.take(reply(word), sms, noon.now)
    receiving.deal_with_new(noon.now)
    assert OptOut.objects.live().get().address == PHONE


@pytest.mark.parametrize("text", ["please stop by at noon?", "cancel", "end", "我想退订周三的号", "1"])
def test_other_words_are_no_opt_out(noon, delivery, sms, text):
    receiving.take(reply(text), sms, noon.now)
    receiving.deal_with_new(noon.now)
    assert not OptOut.objects.exists()


def test_an_opt_out_can_be_taken_back(noon, delivery, sms):
    for number, word in enumerate(["td", "start", "td"]):
        receiving.take(reply(word, event=f"r{number}"), sms, noon.later(minutes=1))
        receiving.deal_with_new(noon.now)
        assert OptOut.objects.live().exists() == (word == "td")
    assert OptOut.objects.count() == 2


def test_who_opts_out_between_planning_and_sending_gets_nothing_more(noon, delivery, sms, carrier, alice):
    waiting = DeliveryFactory(patient=alice, due_at=noon.now + dt.timedelta(minutes=1))
    receiving.take(reply("退订"), sms, noon.now)
    receiving.deal_with_new(noon.now)
    noon.later(minutes=2)
    drain(seconds=5)
    assert (again(waiting).state, waiting.reason) == (DeliveryState.SUPPRESSED, Reason.OPTED_OUT)


def test_a_stranger_who_has_the_number_now_is_told_nothing_more(noon, delivery, sms, alice):
    receiving.take(reply("打错了"), sms, noon.now)
    receiving.deal_with_new(noon.now)
    assert alice.contact_points.get(system=ContactSystem.PHONE).failed_at == noon.now
    drain(seconds=5)
    assert (again(delivery).state, delivery.reason) == (DeliveryState.FAILED, Reason.NO_ADDRESS)
