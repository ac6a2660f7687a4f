"""Sending what is due."""

import datetime as dt
from decimal import Decimal

import pytest

from messaging import kinds
from messaging.channels.base import Accepted, Settles, TransportError
from messaging.kinds import Verdict
from messaging.models import (
    Delivery,
    DeliveryState,
    Medium,
    Message,
    MessageChannel,
    MessageState,
    OptOut,
    Priority,
    Reason,
    SendingRule,
)
from messaging.services.sending import drain, draining
from patients.models import ContactSystem
from patients.tests.factories import ContactPointFactory, PatientFactory

from .factories import FACTS, ChannelFactory, DeliveryFactory, make_kind

State = DeliveryState


@pytest.fixture
def alice(db):
    patient = PatientFactory(name="Alice Smith", language="en")
    ContactPointFactory(patient=patient, value="+8613800138000")
    return patient


@pytest.fixture
def bob(db):
    patient = PatientFactory(name="Bob Jones", language="en")
    ContactPointFactory(patient=patient, value="+8613900139000")
    return patient


def sent(delivery: Delivery) -> Delivery:
    """Drain, then look again."""
    drain(seconds=5)
    delivery.refresh_from_db()
    return delivery


def test_a_due_delivery_goes_out_once_in_the_persons_language(noon, kind, carrier, alice):
    delivery = sent(DeliveryFactory(patient=alice))
    [message] = carrier.sent
    assert (delivery.state, delivery.sent_at) == (State.ACCEPTED, noon.now)
    assert message.text.startswith("Riverside Hospital: your visit is on 1 Dec, 09:00")
    assert (message.to, message.choices) == ("+8613800138000", (("1", "confirm"), ("2", "cancel")))
    assert delivery.messages.get().provider_id == "id-1"
    drain(seconds=5)
    assert len(carrier.sent) == 1


def test_what_is_not_due_waits(noon, kind, carrier, alice):
    delivery = sent(DeliveryFactory(patient=alice, due_at=noon.now + dt.timedelta(minutes=1)))
    assert (delivery.state, carrier.sent) == (State.PENDING, [])


def test_what_is_too_late_is_dropped_not_sent(noon, kind, carrier, alice):
    long_ago = noon.now - dt.timedelta(hours=2)
    delivery = sent(DeliveryFactory(patient=alice, due_at=long_ago, expires_at=noon.now))
    assert (delivery.state, delivery.reason, carrier.sent) == (State.EXPIRED, Reason.TOO_LATE, [])


def test_the_world_is_read_again_just_before(noon, known, carrier, alice):
    known(make_kind(judge=lambda rows, at: {row.pk: Verdict(stop="moved") for row in rows}))
    delivery = sent(DeliveryFactory(patient=alice))
    assert (delivery.state, delivery.reason, carrier.sent) == (State.CANCELLED, "moved", [])


def test_a_kind_whose_check_breaks_does_not_hold_up_the_others(noon, known, carrier, alice, caplog):
    known(make_kind())
    known(make_kind("broken", judge=lambda rows, at: 1 / 0))
    broken = DeliveryFactory(patient=alice, kind="broken", due_at=noon.now - dt.timedelta(hours=1))
    delivery = sent(DeliveryFactory(patient=alice))
    broken.refresh_from_db()
    assert delivery.state == State.ACCEPTED
    assert (broken.state, broken.reason) == (State.PENDING, Reason.NOT_JUDGED)
    assert broken.due_at > noon.now
    assert "broken" in caplog.text


def test_nothing_is_said_to_the_dead(noon, kind, carrier, alice):
    alice.deceased_on = dt.date(2026, 11, 1)
    alice.save()
    delivery = sent(DeliveryFactory(patient=alice))
    assert (delivery.state, delivery.reason, carrier.sent) == (State.SUPPRESSED, Reason.DECEASED, [])


def test_who_opted_out_gets_no_reminder_but_hears_of_a_stopped_clinic(noon, known, carrier, alice):
    known(make_kind())
    known(make_kind("stopped", priority=Priority.STOPPAGE))
    OptOut.objects.create(medium=Medium.SMS, address="+8613800138000", said="TD", at=noon.now)
    reminder = DeliveryFactory(patient=alice)
    stopped = sent(DeliveryFactory(patient=alice, kind="stopped", priority=Priority.STOPPAGE))
    reminder.refresh_from_db()
    assert (reminder.state, reminder.reason) == (State.SUPPRESSED, Reason.OPTED_OUT)
    assert stopped.state == State.ACCEPTED


def test_at_night_a_reminder_waits_for_the_morning(noon, kind, carrier, alice):
    noon.at(21)
    delivery = sent(DeliveryFactory(patient=alice))
    assert (delivery.state, delivery.due_at) == (State.PENDING, noon.at(8, 30, day=2))
    assert sent(delivery).state == State.ACCEPTED


def test_a_reminder_whose_morning_comes_too_late_is_dropped(noon, kind, carrier, alice):
    noon.at(21)
    delivery = sent(DeliveryFactory(patient=alice, expires_at=noon.now + dt.timedelta(hours=3)))
    assert (delivery.state, carrier.sent) == (State.EXPIRED, [])


def test_a_stopped_clinic_is_told_at_night_but_nobody_is_rung_up(noon, known, carrier, alice):
    known(make_kind("stopped", priority=Priority.STOPPAGE))
    noon.at(22)
    by_phone = DeliveryFactory(patient=alice, kind="stopped", priority=Priority.STOPPAGE, media="voice")
    told = sent(DeliveryFactory(patient=alice, kind="stopped", priority=Priority.STOPPAGE, media="voice sms"))
    by_phone.refresh_from_db()
    assert (told.state, told.medium) == (State.ACCEPTED, Medium.SMS)
    assert (by_phone.state, by_phone.due_at) == (State.PENDING, noon.at(8, 30, day=2))


def test_a_person_gets_no_more_a_day_than_the_rule_says(noon, kind, carrier, alice):
    SendingRule.objects.filter(priority=Priority.REMINDER).update(a_day=2)
    rows = [DeliveryFactory(patient=alice) for _ in range(3)]
    drain(seconds=5)
    states = [Delivery.objects.get(pk=row.pk).state for row in rows]
    assert states == [State.ACCEPTED, State.ACCEPTED, State.SUPPRESSED]
    noon.at(9, day=2)
    assert sent(DeliveryFactory(patient=alice)).state == State.ACCEPTED


def test_the_most_urgent_goes_first_whatever_is_due_earlier(noon, known, carrier, alice):
    for priority in Priority:
        known(make_kind(f"kind{priority}", priority=priority))
    for priority in reversed(Priority):
        due = noon.now - dt.timedelta(minutes=priority)
        DeliveryFactory(patient=alice, kind=f"kind{priority}", priority=priority, due_at=due)
    carrier.at_once = 1
    drain(seconds=5)
    refs = [message.ref for message in carrier.sent]
    order = [Message.objects.get(uuid=ref).delivery.priority for ref in refs]
    assert order == [1, 2, 3, 4]


def test_without_a_usable_number_a_person_has_to_take_over(noon, kind, carrier):
    delivery = sent(DeliveryFactory(patient=PatientFactory()))
    assert (delivery.state, delivery.reason) == (State.FAILED, Reason.NO_ADDRESS)


def test_a_fixed_line_gets_no_sms(noon, kind, carrier):
    patient = PatientFactory()
    ContactPointFactory(patient=patient, value="+861062345678")
    delivery = sent(DeliveryFactory(patient=patient, media="sms voice"))
    assert (delivery.state, delivery.medium) == (State.ACCEPTED, Medium.VOICE)


def test_the_first_medium_with_an_address_carries_it(noon, kind, carrier, alice):
    ContactPointFactory(patient=alice, system=ContactSystem.EMAIL, value="alice@example.org")
    delivery = sent(DeliveryFactory(patient=alice, media="wechat email sms"))
    assert (delivery.medium, carrier.sent[0].subject) == (Medium.EMAIL, "Your visit")


def test_a_number_that_reaches_nobody_is_marked_and_the_next_medium_taken(noon, kind, carrier, alice):
    ContactPointFactory(patient=alice, system=ContactSystem.EMAIL, value="alice@example.org")
    carrier.says(TransportError("Not a mobile number.", wrong_address=True))
    delivery = sent(DeliveryFactory(patient=alice, media="sms email"))
    first, second = delivery.messages.order_by("pk")
    assert (delivery.state, delivery.medium) == (State.ACCEPTED, Medium.EMAIL)
    assert (first.state, first.reason, second.state) == ("failed", Reason.WRONG_ADDRESS, "accepted")
    assert alice.contact_points.get(system=ContactSystem.PHONE).failed_at == noon.now
    again = sent(DeliveryFactory(patient=alice))
    assert (again.state, again.reason) == (State.FAILED, Reason.NO_ADDRESS)


def test_when_every_medium_has_failed_the_delivery_has_failed(noon, kind, carrier, alice):
    carrier.says(TransportError("Blocked.", permanent=True), TransportError("No answer.", permanent=True))
    delivery = sent(DeliveryFactory(patient=alice, media="sms voice"))
    assert (delivery.state, delivery.reason) == (State.FAILED, Reason.REFUSED)
    assert [message.error for message in delivery.messages.order_by("pk")] == ["Blocked.", "No answer."]


def test_who_said_stop_to_the_carrier_said_stop_to_us(noon, kind, carrier, alice):
    carrier.says(TransportError("Opted out.", opted_out=True))
    delivery = sent(DeliveryFactory(patient=alice))
    assert OptOut.objects.live().get().address == "+8613800138000"
    assert (delivery.state, delivery.reason) == (State.SUPPRESSED, Reason.OPTED_OUT)


def test_a_passing_fault_is_tried_again_under_the_same_number_and_later_each_time(noon, kind, carrier, alice):
    carrier.says(TransportError("500"), TransportError("500"))
    delivery = sent(DeliveryFactory(patient=alice))
    first = delivery.due_at - noon.now
    assert (delivery.state, delivery.reason) == (State.PENDING, Reason.CARRIER_DOWN)
    noon.later(minutes=1)
    second = sent(delivery).due_at - noon.now
    noon.later(minutes=3)
    assert sent(delivery).state == State.ACCEPTED
    assert second > first
    assert len({message.ref for message in carrier.sent}) == 1
    assert len(carrier.sent) == 3


def test_a_fault_that_does_not_pass_counts_as_refused_after_eight_tries(noon, kind, carrier, alice):
    carrier.says(*[TransportError("500") for _ in range(20)])
    delivery = DeliveryFactory(patient=alice, expires_at=noon.now + dt.timedelta(days=3))
    for _ in range(12):
        sent(delivery)
        noon.later(minutes=40)
    assert len(carrier.sent) == 8
    assert (delivery.state, delivery.reason) == (State.FAILED, Reason.REFUSED)


def test_retries_end_when_it_would_be_too_late(noon, kind, carrier, alice):
    carrier.says(*[TransportError("500") for _ in range(20)])
    delivery = DeliveryFactory(patient=alice, expires_at=noon.now + dt.timedelta(minutes=2))
    for _ in range(6):
        sent(delivery)
        noon.later(minutes=1)
    assert delivery.state == State.EXPIRED
    assert delivery.messages.get().state == MessageState.FAILED


def test_a_carrier_that_is_down_is_left_alone_and_all_wait_for_it(noon, kind, carrier, alice):
    carrier.at_once = 1
    carrier.says(TransportError("refused", down=True, retry_after=120))
    rows = [DeliveryFactory(patient=alice, due_at=noon.now - dt.timedelta(minutes=5 - n)) for n in range(2)]
    sent(rows[0])
    one_more = sent(DeliveryFactory(patient=alice))
    assert MessageChannel.objects.get(medium="sms").paused_until == noon.now + dt.timedelta(seconds=120)
    assert (one_more.state, one_more.reason) == (State.PENDING, Reason.CARRIER_DOWN)
    known_by_now = len(carrier.sent)
    noon.later(minutes=3)
    sent(one_more)
    assert one_more.state == State.ACCEPTED
    assert len(carrier.sent) > known_by_now


def test_after_its_patience_a_message_takes_the_next_channel(noon, kind, carrier, alice):
    ContactPointFactory(patient=alice, system=ContactSystem.EMAIL, value="alice@example.org")
    MessageChannel.objects.filter(medium="sms").update(paused_until=noon.now + dt.timedelta(hours=1))
    delivery = sent(DeliveryFactory(patient=alice, media="sms email"))
    assert (delivery.state, delivery.due_at) == (State.PENDING, noon.now + dt.timedelta(hours=1))
    noon.later(minutes=61)
    MessageChannel.objects.filter(medium="sms").update(paused_until=noon.now + dt.timedelta(hours=1))
    assert sent(delivery).medium == Medium.EMAIL
    assert delivery.state == State.ACCEPTED


def test_a_budget_stops_reminders_until_the_next_day_but_no_stoppage(noon, known, carrier, alice):
    known(make_kind())
    known(make_kind("stopped", priority=Priority.STOPPAGE))
    ChannelFactory(medium=Medium.SMS, kind="scripted", price_amount=Decimal("0.05"), budget_amount=Decimal("0.10"))
    first = sent(DeliveryFactory(patient=alice))
    second = sent(DeliveryFactory(patient=alice))
    assert (first.messages.get().cost_amount, first.state) == (Decimal("0.05"), State.ACCEPTED)
    third = sent(DeliveryFactory(patient=alice, expires_at=noon.now + dt.timedelta(days=2)))
    assert (second.state, third.state, third.reason) == (State.ACCEPTED, State.PENDING, Reason.BUDGET)
    stopped = sent(DeliveryFactory(patient=alice, kind="stopped", priority=Priority.STOPPAGE))
    assert stopped.state == State.ACCEPTED
    noon.at(9, day=2)
    assert sent(third).state == State.ACCEPTED


def test_a_channel_that_is_not_in_use_carries_nothing(noon, kind, carrier, alice):
    ChannelFactory(medium=Medium.SMS, kind="scripted", is_active=False)
    delivery = sent(DeliveryFactory(patient=alice))
    assert (delivery.state, delivery.reason) == (State.FAILED, Reason.CHANNEL_OFF)


def test_words_that_name_something_unknown_are_parked_and_the_others_go(noon, known, carrier, alice):
    known(make_kind())
    known(make_kind("bad", texts={("en", ""): ("", "{hospital} {nothing}")}))
    bad = DeliveryFactory(patient=alice, kind="bad")
    good = sent(DeliveryFactory(patient=alice))
    bad.refresh_from_db()
    assert (bad.state, bad.reason) == (State.FAILED, Reason.BAD_TEXT)
    assert good.state == State.ACCEPTED


def test_an_adapter_that_breaks_leaves_the_outcome_open_and_the_others_go(noon, kind, carrier, alice, caplog):
    carrier.at_once = 1
    carrier.says(RuntimeError("13800138000"))
    first = sent(DeliveryFactory(patient=alice, due_at=noon.now - dt.timedelta(minutes=1)))
    second = sent(DeliveryFactory(patient=alice))
    assert first.state == State.SENDING
    assert second.state == State.ACCEPTED
    assert "scripted" in caplog.text


def test_a_lost_answer_of_a_carrier_with_a_memory_is_asked_again_with_the_same_number(noon, kind, carrier, alice):
    carrier.says(TransportError("time-out", unknown=True))
    delivery = sent(DeliveryFactory(patient=alice))
    assert delivery.state == State.SENDING
    noon.later(minutes=1)
    assert sent(delivery).state == State.ACCEPTED
    assert len({message.ref for message in carrier.sent}) == 1
    assert delivery.messages.count() == 1


def test_a_lost_answer_is_not_asked_again_when_the_visit_is_off_meanwhile(noon, known, carrier, alice):
    known(make_kind())
    carrier.says(TransportError("time-out", unknown=True))
    delivery = sent(DeliveryFactory(patient=alice))
    kinds.register(make_kind(judge=lambda rows, at: {row.pk: Verdict(stop="cancelled") for row in rows}))
    noon.later(minutes=1)
    assert sent(delivery).state == State.CANCELLED
    assert delivery.messages.get().state == MessageState.UNKNOWN
    assert len(carrier.sent) == 1


def test_after_the_carriers_memory_has_gone_it_stays_unknown(noon, kind, carrier, alice):
    carrier.key_minutes = 10
    carrier.says(TransportError("time-out", unknown=True))
    delivery = sent(DeliveryFactory(patient=alice))
    noon.later(minutes=11)
    assert (sent(delivery).state, len(carrier.sent)) == (State.UNKNOWN, 1)


def test_a_carrier_that_can_be_asked_is_asked(noon, kind, carrier, alice):
    carrier.settles, carrier.index_seconds = Settles.ASK, 60
    carrier.says(TransportError("time-out", unknown=True))
    delivery = sent(DeliveryFactory(patient=alice))
    carrier.known[carrier.sent[0].ref] = Accepted("found-7")
    noon.later(minutes=2)
    assert sent(delivery).state == State.ACCEPTED
    assert delivery.messages.get().provider_id == "found-7"
    assert len(carrier.sent) == 1


def test_what_the_carrier_does_not_know_after_its_delay_is_sent_again(noon, kind, carrier, alice):
    carrier.settles, carrier.index_seconds = Settles.ASK, 180
    carrier.says(TransportError("time-out", unknown=True))
    delivery = DeliveryFactory(patient=alice)
    sent(delivery)
    noon.later(minutes=2)
    assert (sent(delivery).state, len(carrier.sent)) == (State.SENDING, 1)
    noon.later(minutes=2)
    assert (sent(delivery).state, len(carrier.sent)) == (State.ACCEPTED, 2)
    assert carrier.sent[0].ref == carrier.sent[1].ref


def test_a_carrier_that_cannot_tell_is_asked_until_it_is_too_late(noon, kind, carrier, alice):
    carrier.settles = Settles.ASK
    carrier.says(TransportError("time-out", unknown=True))
    delivery = sent(DeliveryFactory(patient=alice, expires_at=noon.now + dt.timedelta(minutes=5)))
    carrier.known[carrier.sent[0].ref] = TransportError("500")
    for _ in range(4):
        noon.later(minutes=2)
        sent(delivery)
    assert (delivery.state, delivery.reason) == (State.UNKNOWN, Reason.NOT_ANSWERED_BY_CARRIER)
    assert len(carrier.sent) == 1


def test_a_carrier_without_memory_never_gets_it_twice(noon, kind, carrier, alice):
    carrier.settles = Settles.NEVER
    carrier.says(TransportError("time-out", unknown=True))
    delivery = sent(DeliveryFactory(patient=alice))
    assert (delivery.state, delivery.reason) == (State.UNKNOWN, Reason.NOT_ANSWERED_BY_CARRIER)
    noon.later(hours=1)
    assert (sent(delivery).state, len(carrier.sent)) == (State.UNKNOWN, 1)


def test_of_a_stopped_clinic_the_next_channel_tells_when_the_first_outcome_is_unknown(noon, known, carrier, alice):
    known(make_kind("stopped", priority=Priority.STOPPAGE))
    carrier.settles = Settles.NEVER
    carrier.says(TransportError("time-out", unknown=True))
    delivery = DeliveryFactory(patient=alice, kind="stopped", priority=Priority.STOPPAGE, media="sms voice")
    assert (sent(delivery).state, delivery.medium) == (State.ACCEPTED, Medium.VOICE)


def test_facts_reach_carriers_that_only_send_approved_texts(noon, kind, carrier, alice):
    sent(DeliveryFactory(patient=alice))
    assert carrier.sent[0].facts == FACTS


def test_a_turn_costs_the_same_statements_for_one_and_for_thirty(
    noon, kind, carrier, alice, django_assert_max_num_queries
):
    carrier.at_once = 50
    DeliveryFactory(patient=alice)
    drain(seconds=5)  # the words are version 1 from here on
    SendingRule.objects.update(a_day=0)
    for _ in range(30):
        DeliveryFactory(patient=alice)
    with django_assert_max_num_queries(45):  # two turns: one that sends, one that finds nothing
        drain(seconds=5)
    assert len(carrier.sent) == 31


def test_of_a_stopped_clinic_the_next_channel_tells_when_the_first_gives_no_clear_answer_for_long(
    noon, known, carrier, alice
):
    known(make_kind("stopped", priority=Priority.STOPPAGE))
    carrier.says(*[TransportError("time-out", unknown=True) for _ in range(4)])
    delivery = DeliveryFactory(patient=alice, kind="stopped", priority=Priority.STOPPAGE, media="sms voice")
    for _ in range(8):
        sent(delivery)
        noon.later(minutes=1)
    assert (delivery.state, delivery.medium) == (State.ACCEPTED, Medium.VOICE)


def test_a_carrier_that_never_gives_a_clear_answer_is_asked_eight_times_and_no_more(noon, kind, carrier, alice):
    carrier.says(*[TransportError("500", unknown=True) for _ in range(30)])
    delivery = DeliveryFactory(patient=alice, media="sms voice", expires_at=noon.now + dt.timedelta(days=1))
    for _ in range(20):
        sent(delivery)
        noon.later(minutes=40)
        noon.at(12)
    for _ in range(30):
        sent(delivery)
        noon.later(minutes=20)
    assert (delivery.state, len(carrier.sent)) == (State.UNKNOWN, 8)
    assert {message.medium for message in carrier.sent} == {Medium.SMS}  # by another channel it might come twice


def test_a_channel_whose_account_cannot_be_opened_does_not_hold_up_the_others(noon, kind, carrier, alice, caplog):
    ContactPointFactory(patient=alice, system=ContactSystem.EMAIL, value="alice@example.org")
    channel = MessageChannel.objects.get(medium=Medium.SMS)
    channel.sealed = b"sealed with a key that is not configured"
    channel.save()
    first = sent(DeliveryFactory(patient=alice, due_at=noon.now - dt.timedelta(minutes=1)))
    second = sent(DeliveryFactory(patient=alice, media="email"))
    assert (first.state, first.reason) == (State.PENDING, Reason.CARRIER_DOWN)
    assert second.state == State.ACCEPTED


def test_a_carrier_that_the_program_does_not_have_any_more_carries_nothing(noon, kind, carrier, alice):
    ContactPointFactory(patient=alice, system=ContactSystem.EMAIL, value="alice@example.org")
    MessageChannel.objects.filter(medium=Medium.SMS).update(kind="gone")
    assert sent(DeliveryFactory(patient=alice, media="sms email")).medium == Medium.EMAIL
    assert sent(DeliveryFactory(patient=alice)).reason == Reason.CHANNEL_OFF


def test_an_adapter_that_breaks_when_asked_does_not_hold_up_the_others(noon, kind, carrier, alice, caplog):
    carrier.settles = Settles.ASK
    carrier.says(TransportError("time-out", unknown=True))
    broken = sent(DeliveryFactory(patient=alice))
    carrier.known[carrier.sent[0].ref] = KeyError("an odd answer")
    noon.later(minutes=5)
    good = sent(DeliveryFactory(patient=alice))
    broken.refresh_from_db()
    assert (good.state, broken.state) == (State.ACCEPTED, State.SENDING)


def test_one_row_that_cannot_be_judged_does_not_hold_up_those_of_its_kind(noon, known, carrier, alice, caplog):
    known(make_kind())
    poison = DeliveryFactory(patient=alice, due_at=noon.now - dt.timedelta(minutes=1))

    def judge(rows, at):
        return {row.pk: Verdict(facts=FACTS) if row.pk != poison.pk else 1 / 0 for row in rows}

    kinds.register(make_kind(judge=judge))
    good = sent(DeliveryFactory(patient=alice))
    poison.refresh_from_db()
    assert (good.state, poison.reason) == (State.ACCEPTED, Reason.NOT_JUDGED)


def test_who_wants_no_sms_is_not_rung_up_instead(noon, kind, carrier, alice):
    OptOut.objects.create(medium=Medium.SMS, address="+8613800138000", said="TD", at=noon.now)
    assert sent(DeliveryFactory(patient=alice, media="voice sms")).reason == Reason.OPTED_OUT


def test_who_opts_out_between_claim_and_send_gets_nothing_more(noon, kind, carrier, alice, bob):
    carrier.settles = Settles.NEVER

    def bob_says_stop(message):
        OptOut.objects.create(medium=Medium.SMS, address="+8613900139000", said="TD", at=noon.now)
        return Accepted("id-1")

    carrier.says(bob_says_stop)
    first, second = DeliveryFactory(patient=alice), DeliveryFactory(patient=bob)
    sent(first)
    second.refresh_from_db()
    assert (first.state, second.state, second.reason) == (State.ACCEPTED, State.SUPPRESSED, Reason.OPTED_OUT)
    assert second.messages.get().state == MessageState.FAILED
    assert len(carrier.sent) == 1


def test_who_opts_out_before_the_next_try_gets_nothing_more(noon, kind, carrier, alice):
    carrier.says(TransportError("500"))
    delivery = sent(DeliveryFactory(patient=alice))
    OptOut.objects.create(medium=Medium.SMS, address="+8613800138000", said="TD", at=noon.now)
    noon.later(minutes=5)
    assert (sent(delivery).state, delivery.reason) == (State.SUPPRESSED, Reason.OPTED_OUT)
    assert len(carrier.sent) == 1


def test_a_message_that_only_asked_whether_its_carrier_is_back_is_not_refused_for_it(noon, kind, carrier, alice):
    carrier.says(*[TransportError("refused", down=True) for _ in range(30)])
    delivery = sent(DeliveryFactory(patient=alice))
    for _ in range(29):
        noon.later(minutes=1)
        assert sent(delivery).due_at == noon.now + dt.timedelta(minutes=1)
    noon.later(minutes=1)
    assert sent(delivery).state == State.ACCEPTED


def test_letters_are_written_down_one_by_one_and_those_without_time_are_left(noon, kind, carrier, alice, monkeypatch):
    carrier.settles = Settles.NEVER
    seconds = iter(range(0, 10_000, 10))
    monkeypatch.setattr("messaging.services.sending.carrying.time.monotonic", lambda: next(seconds))
    rows = [DeliveryFactory(patient=alice) for _ in range(4)]
    draining.turn()
    states = [Delivery.objects.get(pk=row.pk).state for row in rows]
    assert states.count(State.ACCEPTED) in (1, 2)
    assert states.count(State.PENDING) == 4 - states.count(State.ACCEPTED)
