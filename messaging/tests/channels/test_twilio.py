"""SMS and calls by Twilio."""

import datetime as dt
from xml.etree import ElementTree

import pytest

from common import clock
from messaging.channels import twilio as shared
from messaging.channels.base import NotFromCarrier, Outcome, Receipt, Reply, TransportError
from messaging.tests.channels.helpers import HOOK, PHONE, RECEIPT_URL, REF, incoming, outgoing, sent, transport
from messaging.tests.fakes import twilio
from messaging.tests.fakes.script import Taken

SID = "SM1"


def hear(kind, form, url=RECEIPT_URL, token=twilio.TOKEN, **changed):
    headers = twilio.signed(url, form, token)
    return transport(kind, "http://127.0.0.1", **changed).hear(incoming(url, headers=headers, form=form))


def taken(fake, text="hello", at=None, to=PHONE):
    fake.ledger.write(Taken(str(REF), "twilio", "SM7", to, text, at=(at or clock.now()).timestamp()))


# The signature


def test_the_signature_is_the_published_one():
    """Source: the example of https://www.twilio.com/docs/usage/webhooks/webhooks-security and of Twilio's libraries."""
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert shared.signature("12345", url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize("kind", ["twilio_sms", "twilio_voice"])
def test_a_forged_request_is_refused(kind):
    with pytest.raises(NotFromCarrier):
        hear(kind, {"MessageSid": SID, "CallSid": SID, "MessageStatus": "delivered"}, token="wrong")


def test_a_request_signed_for_another_address_is_refused():
    form = {"MessageSid": SID, "MessageStatus": "delivered"}
    with pytest.raises(NotFromCarrier):
        transport("twilio_sms", "").hear(incoming(HOOK, headers=twilio.signed(RECEIPT_URL, form), form=form))


def test_a_changed_field_is_refused():
    form = {"MessageSid": SID, "MessageStatus": "failed"}
    forged = incoming(RECEIPT_URL, headers=twilio.signed(RECEIPT_URL, form), form=form | {"MessageStatus": "delivered"})
    with pytest.raises(NotFromCarrier):
        transport("twilio_sms", "").hear(forged)


def test_without_a_token_nobody_is_believed():
    with pytest.raises(NotFromCarrier):
        hear("twilio_sms", {"MessageSid": SID, "MessageStatus": "delivered"}, token="", auth_token="")


# SMS


def test_an_sms_names_our_ref_in_its_receipts_address(fake):
    transport("twilio_sms", fake).send(outgoing("twilio_sms", text="a\u00a0b"))
    assert fake.requests[0].form == {
        "To": PHONE,
        "From": "+15005550006",
        "Body": "a b",
        "StatusCallback": RECEIPT_URL,
    }


def test_a_messaging_service_sends_in_place_of_a_number(fake):
    transport("twilio_sms", fake, sender="MG123").send(outgoing("twilio_sms"))
    assert fake.requests[0].form["MessagingServiceSid"] == "MG123"


@pytest.mark.parametrize(
    ("code", "flag"),
    [("21211", "wrong_address"), ("21614", "wrong_address"), ("21610", "opted_out"), ("21617", "permanent")],
)
def test_a_refusal_is_read_by_its_code(fake, code, flag):
    fake.script.then(f"refuse:{code}")
    with pytest.raises(TransportError) as caught:
        transport("twilio_sms", fake).send(outgoing("twilio_sms"))
    assert getattr(caught.value, flag)
    assert caught.value.permanent
    assert code in caught.value.message


@pytest.mark.parametrize("code", ["21606", "30002", "20429", "21611"])
def test_what_concerns_the_account_or_its_pace_makes_the_channel_wait(fake, code):
    fake.script.then(f"refuse:{code}")
    with pytest.raises(TransportError) as caught:
        transport("twilio_sms", fake).send(outgoing("twilio_sms"))
    assert caught.value.down
    assert not caught.value.permanent


def test_receipts_tell_what_became_of_it():
    [receipt] = hear("twilio_sms", {"MessageSid": SID, "MessageStatus": "delivered"}).events
    assert receipt == Receipt("SM1:delivered", Outcome.DELIVERED, REF, SID)


@pytest.mark.parametrize(
    ("code", "wrong", "out"),
    [
        ("30005", True, False),
        ("30006", True, False),
        ("30003", False, False),
        ("30008", False, False),
        ("21610", False, True),
    ],
)
def test_a_failure_says_whether_it_lies_in_the_number(code, wrong, out):
    [receipt] = hear("twilio_sms", {"MessageSid": SID, "MessageStatus": "undelivered", "ErrorCode": code}).events
    assert receipt.outcome is Outcome.FAILED
    assert (receipt.wrong_address, receipt.opted_out) == (wrong, out)
    assert code in receipt.error


@pytest.mark.parametrize("status", ["accepted", "queued", "sending", "sent"])
def test_states_on_the_way_are_no_events(status):
    assert hear("twilio_sms", {"MessageSid": SID, "MessageStatus": status}).events == ()


def test_an_incoming_sms_is_a_reply_without_a_ref():
    heard = hear("twilio_sms", {"MessageSid": "SM9", "From": PHONE, "Body": "1", "SmsStatus": "received"}, HOOK)
    assert heard.events == (Reply("SM9", PHONE, "1", "sms"),)
    assert heard.content_type == "text/xml"
    assert ElementTree.fromstring(heard.answer).tag == "Response"


def test_a_receipt_without_a_number_makes_no_sense():
    with pytest.raises(ValueError, match="number"):
        hear("twilio_sms", {"MessageStatus": "delivered"})


# Was it sent?


def test_the_same_words_to_the_number_at_that_time_are_found(fake):
    transport("twilio_sms", fake).send(outgoing("twilio_sms", text="hello"))
    found = transport("twilio_sms", fake).find(sent(clock.now(), text="hello"))
    assert found.provider_id == fake.ledger.taken[0].provider_id


def test_nothing_to_the_number_means_that_nothing_was_sent(fake):
    assert transport("twilio_sms", fake).find(sent(clock.now(), text="hello")) is None


@pytest.mark.parametrize("minutes", [-3, 3])
def test_the_same_words_at_another_time_are_another_message(fake, minutes):
    taken(fake, at=clock.now() + dt.timedelta(minutes=minutes))
    assert transport("twilio_sms", fake).find(sent(clock.now(), text="hello")) is None


@pytest.mark.parametrize("text", ["other words", ""])
def test_other_words_at_that_time_leave_it_open(fake, text):
    taken(fake)
    with pytest.raises(TransportError) as caught:
        transport("twilio_sms", fake).find(sent(clock.now(), text=text))
    assert caught.value.unknown


def test_a_list_that_does_not_reach_back_leaves_it_open(fake, monkeypatch):
    monkeypatch.setattr(shared, "MOST_LISTED", 2)
    for _number in range(2):
        taken(fake, "other", clock.now() + dt.timedelta(minutes=10))
    with pytest.raises(TransportError):
        transport("twilio_sms", fake).find(sent(clock.now(), text="hello"))


def test_a_list_that_cannot_be_had_leaves_it_open(fake):
    with pytest.raises(TransportError) as caught:
        transport("twilio_sms", fake, auth_token="wrong").find(sent(clock.now()))
    assert caught.value.unknown


def test_no_call_at_that_time_means_that_none_was_made(fake):
    assert transport("twilio_voice", fake).find(sent(clock.now(), medium="voice")) is None


def test_a_call_at_that_time_waits_for_its_receipt(fake):
    transport("twilio_voice", fake).send(outgoing("twilio_voice"))
    with pytest.raises(TransportError) as caught:
        transport("twilio_voice", fake).find(sent(clock.now(), medium="voice"))
    assert caught.value.unknown


# Calls


def spoken(fake, **changed):
    transport("twilio_voice", fake).send(outgoing("twilio_voice", **changed))
    return ElementTree.fromstring(fake.requests[0].form["Twiml"])


def test_a_call_says_everything_twice_and_waits_for_a_key(fake):
    twiml = spoken(fake, text='<&"您好', choices=(("1", "确认"), ("2", "取消")))
    gathers = twiml.findall("Gather")
    assert len(gathers) == 2
    assert {gather.get("action") for gather in gathers} == {RECEIPT_URL}
    assert {gather.findtext("Say") for gather in gathers} == {'<&"您好 确认请按 1。 取消请按 2。'}
    assert {gather.find("Say").get("language") for gather in gathers} == {"zh-CN"}
    assert gathers[0].get("numDigits") == "1"


def test_a_call_in_english_offers_its_keys_in_english(fake):
    say = spoken(fake, language="en", text="Hello.", choices=(("1", "yes"),)).find("Gather/Say")
    assert say.text == "Hello. For yes, press 1."
    assert say.get("language") == "en-US"


def test_a_call_without_choices_waits_for_no_key(fake):
    twiml = spoken(fake, choices=())
    assert twiml.find("Gather") is None
    assert len(twiml.findall("Say")) == 2


def test_a_call_asks_for_its_end_and_whether_a_machine_answers(fake):
    spoken(fake)
    form = fake.requests[0].form
    assert form["StatusCallback"] == RECEIPT_URL
    assert form["StatusCallbackEvent"] == "completed"
    assert form["MachineDetection"] == "Enable"


def test_a_pressed_key_is_a_reply_of_the_called_person():
    heard = hear(
        "twilio_voice", {"CallSid": "CA1", "To": PHONE, "From": "+1500", "Digits": "2", "CallStatus": "in-progress"}
    )
    assert heard.events == (Reply("CA1:key:2", PHONE, "2", "voice", REF),)


def test_an_address_that_names_only_the_channel_names_no_message():
    [reply] = hear("twilio_voice", {"CallSid": "CA1", "To": PHONE, "Digits": "2"}, HOOK).events
    assert reply.ref is None


def test_a_call_that_somebody_heard_has_arrived():
    [receipt] = hear("twilio_voice", {"CallSid": "CA1", "CallStatus": "completed", "AnsweredBy": "human"}).events
    assert receipt == Receipt("CA1:end", Outcome.DELIVERED, REF, "CA1")


@pytest.mark.parametrize("status", ["busy", "no-answer", "canceled", "failed"])
def test_a_call_that_nobody_answered_failed_without_blame_for_the_number(status):
    [receipt] = hear("twilio_voice", {"CallSid": "CA1", "CallStatus": status}).events
    assert receipt.outcome is Outcome.FAILED
    assert receipt.error
    assert not receipt.wrong_address


@pytest.mark.parametrize("by", ["machine_start", "machine_end_beep", "fax"])
def test_a_call_that_a_machine_answered_failed(by):
    [receipt] = hear("twilio_voice", {"CallSid": "CA1", "CallStatus": "completed", "AnsweredBy": by}).events
    assert receipt.outcome is Outcome.FAILED
    assert "machine" in receipt.error


def test_a_call_to_a_number_that_does_not_exist_blames_the_number():
    [receipt] = hear("twilio_voice", {"CallSid": "CA1", "CallStatus": "failed", "ErrorCode": "13224"}).events
    assert receipt.wrong_address


def test_a_call_on_its_way_is_no_event():
    assert hear("twilio_voice", {"CallSid": "CA1", "CallStatus": "ringing"}).events == ()
