"""One-time codes told to phones: by which channel, in which words, once, and without a trace of the code."""

import datetime as dt
import logging
import uuid
from decimal import Decimal

import pytest
from django.db import connection

from common import clock
from messaging import jobs
from messaging.channels.base import Accepted, Outcome, Receipt, TransportError
from messaging.errors import CodesUnavailable
from messaging.message_kinds import CODE
from messaging.models import (
    CodeMessage,
    Delivery,
    DeliveryState,
    Medium,
    MessageChannel,
    MessageTemplate,
    OptOut,
    Reason,
    SendingRule,
)
from messaging.services import channels, checking, code_messages, code_sending, receiving, texts
from messaging.services.code_sending import drain
from messaging.services.sending.world import Carriers, World
from messaging.tests.factories import ChannelFactory, DeliveryFactory, MessageTemplateFactory
from patients.tests.factories import PatientFactory

ALICE, DESK = "+8613800138000", "+861055550100"
CODE_SAID = "480215"

pytestmark = pytest.mark.django_db


@pytest.fixture
def woken(monkeypatch):
    """How often the worker was woken."""
    calls = []
    monkeypatch.setattr(code_messages, "wake", lambda: calls.append(1))
    return calls


@pytest.fixture(autouse=True)
def _noon(noon, woken):
    """Codes are sent now."""


@pytest.fixture
def only(db):
    """`only("sms")`: the other media are not in use."""
    return lambda *media: MessageChannel.objects.exclude(medium__in=media).update(is_active=False)


def say(phone=ALICE, language="en", minutes=10, **more):
    expires_at = clock.now() + dt.timedelta(minutes=minutes)
    return code_messages.say(phone=phone, code=CODE_SAID, expires_at=expires_at, language=language, **more)


def again(row):
    row.refresh_from_db()
    return row


def test_it_goes_to_a_phone_that_belongs_to_nobody_we_know(carrier):
    row = say()
    assert drain() is False
    [sent] = carrier.sent
    assert (sent.ref, sent.to, sent.medium, sent.language) == (row.uuid, ALICE, Medium.SMS, "en")
    assert sent.text.startswith(f"Riverside Hospital: your code is {CODE_SAID}, valid for 10 minutes.")
    assert (again(row).state, row.provider_id, row.sent_at) == (DeliveryState.ACCEPTED, "id-1", clock.now())


def test_in_chinese_the_hospital_comes_first_too(carrier):
    say(language="zh-hans")
    drain()
    assert carrier.sent[0].text == (
        "【江滨医院】验证码：480215，10分钟内有效。请勿告诉任何人，我院工作人员不会向您索取。"
    )


def test_a_language_that_we_do_not_speak_is_the_hospitals(carrier, settings):
    settings.LANGUAGE_CODE = "zh-hans"
    assert say(language="fr").language == "zh-hans"


@pytest.mark.parametrize(("language", "digits"), [("en", "4, 8, 0, 2, 1, 5"), ("zh-hans", "4，8，0，2，1，5")])
def test_a_call_says_the_digits_one_by_one(carrier, language, digits):
    say(language=language, by_voice=True)
    drain()
    [sent] = carrier.sent
    assert sent.medium == Medium.VOICE
    assert sent.text.count(digits) == 2
    assert sent.facts["code"] == digits


def test_a_carrier_of_approved_texts_gets_its_template_and_the_facts(carrier):
    MessageTemplateFactory(
        kind="code", language="en", text="{hospital}: {code}", provider_code="SMS_1:code,min=minutes"
    )
    say()
    drain()
    [sent] = carrier.sent
    assert sent.template == "SMS_1:code,min=minutes"
    assert sent.facts == {"hospital": "Riverside Hospital", "code": CODE_SAID, "minutes": "10"}


def test_it_names_where_the_carrier_tells_what_became_of_it(carrier):
    row = say()
    drain()
    assert carrier.sent[0].receipt_url.endswith(f"/hooks/{row.channel.uuid}/{row.uuid}/")


def test_what_was_said_late_names_the_minutes_that_are_left(carrier, noon):
    say()
    noon.later(minutes=3, seconds=10)
    drain()
    assert carrier.sent[0].facts["minutes"] == "7"


def test_the_worker_is_woken_when_the_transaction_is_over(carrier, woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        say()
        assert woken == []
    assert woken == [1]


def test_the_job_sends_and_calls_for_more_only_when_there_is_more(carrier, woken, monkeypatch):
    say()
    jobs.send_codes()
    assert (len(carrier.sent), woken) == (1, [])
    monkeypatch.setattr(code_sending, "drain", lambda: True)
    jobs.send_codes()
    assert woken == [1]


def test_the_code_is_nowhere_in_the_row_before_and_nothing_of_it_after(carrier):
    row = say()
    assert CODE_SAID not in stored()
    assert row.sealed
    drain()
    assert again(row).sealed is None
    assert CODE_SAID not in stored()


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM messaging_codemessage")
        return " ".join(str(bytes(v) if isinstance(v, memoryview) else v) for row in cursor.fetchall() for v in row)


def test_what_is_sealed_for_one_message_does_not_open_for_another(carrier):
    row, other = say(), say()
    other.sealed = row.sealed
    with pytest.raises(code_messages.CannotUnseal):
        other.unseal()


def test_no_log_holds_the_code_whatever_happens(carrier, caplog):
    carrier.says(RuntimeError("broken"), TransportError("no", permanent=True))
    with caplog.at_level(logging.DEBUG):
        say(), say(), say()
        drain()
    assert "broken" in caplog.text
    assert CODE_SAID not in caplog.text


def test_without_sms_it_is_a_call_and_without_calls_an_sms(carrier, only):
    only("voice")
    assert say().medium == Medium.VOICE
    MessageChannel.objects.update(is_active=True)
    only("sms")
    assert say(by_voice=True).medium == Medium.SMS


def test_a_fixed_line_is_rung_up(carrier, only):
    assert say(phone=DESK).medium == Medium.VOICE
    only("sms")
    with pytest.raises(CodesUnavailable):
        say(phone=DESK)


def test_without_sms_and_calls_nobody_can_be_told(carrier, only):
    only("wechat", "email")
    with pytest.raises(CodesUnavailable) as refused:
        say()
    assert refused.value.status == 503
    assert not CodeMessage.objects.exists()


def test_a_carrier_that_is_away_is_left_alone_and_the_other_one_taken(carrier, noon):
    MessageChannel.objects.filter(medium="sms").update(paused_until=clock.now() + dt.timedelta(minutes=5))
    assert say().medium == Medium.VOICE


def test_while_every_carrier_is_away_it_waits_until_it_is_too_late(carrier, noon):
    MessageChannel.objects.update(paused_until=clock.now() + dt.timedelta(minutes=5))
    row, late = say(), say(minutes=4)
    drain()
    assert carrier.sent == []
    noon.later(minutes=6)
    drain()
    assert [sent.ref for sent in carrier.sent] == [row.uuid]
    assert (again(late).state, late.reason, late.sealed) == (DeliveryState.EXPIRED, Reason.TOO_LATE, None)


@pytest.mark.parametrize("by_voice", [False, True])
def test_what_is_clearly_refused_goes_once_by_the_other_medium(carrier, by_voice):
    carrier.says(TransportError("No such number", wrong_address=True))
    row = say(by_voice=by_voice)
    drain()
    first, second = carrier.sent
    assert {first.medium, second.medium} == {Medium.SMS, Medium.VOICE}
    assert first.ref != second.ref
    assert (again(row).state, row.reason, row.error) == (DeliveryState.FAILED, Reason.WRONG_ADDRESS, "No such number")
    assert (row.then.state, row.then.uuid) == (DeliveryState.ACCEPTED, second.ref)
    assert not CodeMessage.objects.exclude(sealed=None).exists()


def test_what_both_refuse_is_over(carrier):
    carrier.says(*[TransportError("no", permanent=True)] * 2)
    say()
    drain()
    assert len(carrier.sent) == 2
    assert set(CodeMessage.objects.values_list("state", flat=True)) == {DeliveryState.FAILED}
    assert not CodeMessage.objects.exclude(sealed=None).exists()


def test_by_night_nobody_is_rung_up_who_did_not_ask_for_it(carrier, noon):
    noon.at(23)
    carrier.says(TransportError("no", permanent=True))
    say()
    drain()
    assert [sent.medium for sent in carrier.sent] == [Medium.SMS]
    say(by_voice=True)
    drain()
    assert [sent.medium for sent in carrier.sent] == [Medium.SMS, Medium.VOICE]


def test_a_carrier_that_does_not_answer_pauses_its_channel(carrier):
    carrier.says(TransportError("busy", down=True))
    say()
    drain()
    assert [sent.medium for sent in carrier.sent] == [Medium.SMS, Medium.VOICE]
    assert MessageChannel.objects.get(medium="sms").paused_until == clock.now() + dt.timedelta(minutes=1)


def test_a_carrier_that_takes_one_is_not_down_any_more(carrier):
    MessageChannel.objects.filter(medium="sms").update(down_since=clock.now())
    say()
    drain()
    assert MessageChannel.objects.get(medium="sms").down_since is None


@pytest.mark.parametrize("fault", [TransportError("?", unknown=True), RuntimeError("a fault in the adapter")])
def test_what_may_have_gone_out_is_never_sent_again(carrier, noon, fault):
    carrier.says(fault)
    row = say()
    for _ in range(3):
        drain()
        noon.later(minutes=2)
    assert len(carrier.sent) == 1
    assert (again(row).state, row.sealed) == (DeliveryState.UNKNOWN, None)


def test_what_a_dead_worker_had_is_never_sent_again(carrier, noon):
    row = say()
    lease = {"token": uuid.uuid4(), "lease_until": clock.now() + code_sending.LEASE}
    CodeMessage.objects.update(state=DeliveryState.SENDING, **lease)
    drain()
    assert again(row).state == DeliveryState.SENDING
    noon.later(minutes=2)
    drain()
    assert carrier.sent == []
    assert (again(row).state, row.sealed) == (DeliveryState.UNKNOWN, None)


def test_whoever_lost_the_row_meanwhile_writes_nothing(carrier):
    row = say()
    one = next(claimed(row))
    CodeMessage.objects.update(state=DeliveryState.UNKNOWN, sealed=None, token=None)
    code_sending._record(one, row.channel, Accepted("late"), clock.now())
    assert (again(row).state, row.provider_id) == (DeliveryState.UNKNOWN, "")


def claimed(row):
    carriers = Carriers()
    channel = carriers.channels[row.medium]
    return code_sending._claim(channel, carriers.transport(channel), carriers, clock.now())


def test_a_claimed_code_is_nobody_elses(carrier):
    row = say()
    assert len(list(claimed(row))) == 1
    assert list(claimed(row)) == []


def test_a_channel_that_was_switched_off_meanwhile_sends_nothing(carrier):
    row = say()
    MessageChannel.objects.filter(medium="sms").update(is_active=False)
    drain()
    assert [sent.medium for sent in carrier.sent] == [Medium.VOICE]
    assert (again(row).state, row.reason) == (DeliveryState.FAILED, Reason.CHANNEL_OFF)


def test_words_that_cannot_be_filled_are_not_sent(carrier):
    MessageTemplateFactory(kind="code", language="en", text="{hospital}: {number}")
    row = say()
    drain()
    assert again(row).reason == Reason.BAD_TEXT
    assert [sent.medium for sent in carrier.sent] == [Medium.VOICE]


def test_a_code_whose_key_was_taken_away_is_not_sent_and_holds_up_nobody(carrier, settings):
    row = say()
    settings.FIELD_KEY = ["another-key-of-the-fields-without-the-one-before"]
    other = say()
    drain()
    assert (again(row).state, row.reason, row.sealed) == (DeliveryState.FAILED, Reason.BAD_TEXT, None)
    assert [sent.ref for sent in carrier.sent] == [other.uuid]


def receipt(row, outcome=Outcome.DELIVERED, event="1", **more):
    return Receipt(event_id=event, outcome=outcome, ref=row.uuid, **more)


def test_a_receipt_says_that_it_arrived(carrier):
    row = say()
    drain()
    receiving.take(receipt(row), row.channel, clock.now())
    assert again(row).state == DeliveryState.DELIVERED


def test_a_receipt_by_the_carriers_own_number_is_known(carrier):
    row = say()
    drain()
    receiving.take(Receipt("1", Outcome.DELIVERED, provider_id="id-1"), row.channel, clock.now())
    assert again(row).state == DeliveryState.DELIVERED


def test_a_receipt_of_failure_is_kept_but_not_after_an_arrival(carrier):
    row, other = say(), say()
    drain()
    for one in (row, other):
        receiving.take(receipt(one, Outcome.FAILED, f"f{one.pk}", error="Switched off"), one.channel, clock.now())
        receiving.take(receipt(one, event=f"d{one.pk}"), one.channel, clock.now())
        receiving.take(receipt(one, Outcome.FAILED, f"g{one.pk}"), one.channel, clock.now())
    assert (again(row).state, row.error) == (DeliveryState.DELIVERED, "")


def test_a_receipt_that_comes_before_the_answer_counts(carrier):
    row = say()
    one = next(claimed(row))
    receiving.take(receipt(row), row.channel, clock.now())
    code_sending._record(one, row.channel, Accepted("id-9"), clock.now())
    assert (again(row).state, row.sealed) == (DeliveryState.DELIVERED, None)


def test_a_receipt_of_another_channel_says_nothing(carrier):
    row = say()
    drain()
    receiving.take(receipt(row), MessageChannel.objects.get(medium="voice"), clock.now())
    assert again(row).state == DeliveryState.ACCEPTED


def test_a_carrier_that_knows_of_a_stop_is_believed_and_codes_go_on(carrier):
    carrier.says(TransportError("stop", opted_out=True))
    say()
    drain()
    assert OptOut.objects.live().get().address == ALICE
    carrier.sent.clear()
    say()
    drain()
    assert carrier.sent


def test_codes_count_for_the_budget_of_a_day_and_are_not_stopped_by_it(carrier):
    ChannelFactory(medium="sms", price_amount=Decimal("0.05"), budget_amount=Decimal("0.07"))
    say(), say()
    drain()
    assert len(carrier.sent) == 2
    world = World([DeliveryFactory(patient=PatientFactory())], Carriers(), clock.now())
    assert world.spent == {"sms": Decimal("0.10")}
    row = channels.with_use(MessageChannel.objects.filter(medium="sms")).get()
    assert (row.spent, row.last_at) == (Decimal("0.10"), clock.now())


def test_old_rows_are_removed_at_night(carrier, noon):
    carrier.says(TransportError("no", permanent=True))
    old = say()
    drain()
    noon.later(days=29)
    new = say()
    noon.later(days=1, hours=1)
    jobs.nightly()
    assert [row.pk for row in CodeMessage.objects.all()] == [new.pk]
    assert not CodeMessage.objects.filter(pk=old.pk).exists()


def test_the_words_can_be_edited_like_all_others_and_nothing_is_wrong_with_them():
    texts.ensure_all()
    assert MessageTemplate.objects.filter(kind="code").count() == 4
    for (language, medium), (subject, text) in CODE.texts.items():
        draft = texts.draft_of(CODE, language=language, medium=medium, subject=subject, text=text)
        assert checking.findings(draft) == []


def test_a_code_is_never_a_delivery(noon):
    row = DeliveryFactory(kind="code", patient=PatientFactory())
    assert CODE.judge(Delivery.objects.all(), clock.now())[row.pk].stop == Reason.TOO_LATE


def test_the_hours_of_codes_are_no_matter(carrier, noon):
    SendingRule.objects.update(opens="09:00", closes="10:00")
    say()
    drain()
    assert len(carrier.sent) == 1
