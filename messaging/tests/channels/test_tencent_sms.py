"""SMS by Tencent Cloud."""

import json

import pytest

from common import clock
from messaging.channels.base import NotFromCarrier, Outcome, Receipt, Reply, TransportError
from messaging.channels.tencent_sms import signing
from messaging.tests.channels.helpers import HOOK, PHONE, REF, incoming, outgoing, sent, transport

STATE = {  # the example of the carrier's page
    "user_receive_time": "2015-10-17 08:03:04",
    "nationcode": "86",
    "mobile": "13912345678",
    "report_status": "SUCCESS",
    "errmsg": "DELIVRD",
    "description": "用户短信送达成功",
    "sid": "2640:1",
}
REPLY = {"extend": "", "mobile": "13912345678", "nationcode": "86", "sign": "江滨医院", "text": "1", "time": 1457336869}


def hear(told, token="tencent-hook-token", **changed):
    url = f"{HOOK}?token={token}"
    return transport("tencent_sms", "http://127.0.0.1", **changed).hear(incoming(url, body=json.dumps(told).encode()))


def refused(fake, code):
    fake.script.then(f"refuse:{code}")
    with pytest.raises(TransportError) as caught:
        transport("tencent_sms", fake).send(outgoing("tencent_sms"))
    return caught.value


@pytest.mark.parametrize(
    ("secret", "signature"),
    [
        ("Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"),
        ("Gu5t9xGARNpq86cd98joQYCN3*******", "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"),
    ],
)
def test_the_signature_is_the_published_one(secret, signature):
    """Source: the example of https://www.tencentcloud.com/document/product/267/37447 (first) and of
    https://cloud.tencent.com/document/api/362/4208 (second), whose asterisks are part of the key."""
    headers = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"}
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    signed = signing.authorization("AKID", secret, headers, body, service="cvm", timestamp=1551113065)
    assert signed == (
        "TC3-HMAC-SHA256 Credential=AKID/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, "
        f"Signature={signature}"
    )


def test_the_approved_texts_places_are_filled_in_order(fake):
    transport("tencent_sms", fake).send(outgoing("tencent_sms", template="1110:time,patient"))
    told = fake.requests[0].json()
    assert told["TemplateParamSet"] == ["周四 9:30", "王芳"]
    assert told["TemplateId"] == "1110"
    assert told["PhoneNumberSet"] == [PHONE]
    assert told["SessionContext"] == str(REF)


def test_an_approved_text_that_does_not_order_its_facts_is_not_sent(fake):
    with pytest.raises(TransportError) as caught:
        transport("tencent_sms", fake).send(outgoing("tencent_sms", template="1110"))
    assert caught.value.permanent
    assert not fake.requests


def test_an_approved_text_without_facts_needs_no_order(fake):
    transport("tencent_sms", fake).send(outgoing("tencent_sms", template="1110", facts={}))
    assert fake.requests[0].json()["TemplateParamSet"] == []


def test_a_person_on_the_carriers_list_has_said_stop(fake):
    error = refused(fake, "FailedOperation.PhoneNumberInBlacklist")
    assert error.opted_out
    assert error.permanent


@pytest.mark.parametrize("code", ["LimitExceeded.PhoneNumberDailyLimit", "LimitExceeded.PhoneNumberThirtySecondLimit"])
def test_a_person_who_had_enough_gets_it_later_and_the_others_now(fake, code):
    error = refused(fake, code)
    assert error.retry_after
    assert not error.down
    assert not error.permanent


@pytest.mark.parametrize(
    "code",
    [
        "FailedOperation.InsufficientBalanceInSmsPackage",
        "LimitExceeded.AppDailyLimit",
        "UnauthorizedOperation.RequestIpNotInWhitelist",
        "!RequestLimitExceeded",
        "!AuthFailure.SecretIdNotFound",
    ],
)
def test_what_concerns_the_account_makes_the_channel_wait(fake, code):
    error = refused(fake, code)
    assert error.down
    assert not error.permanent


@pytest.mark.parametrize("code", ["InternalError.Timeout", "!InternalError"])
def test_a_fault_inside_the_carrier_leaves_it_unknown(fake, code):
    assert refused(fake, code).unknown


@pytest.mark.parametrize(
    "code", ["FailedOperation.ContainSensitiveWord", "FailedOperation.TemplateIncorrectOrUnapproved"]
)
def test_a_text_that_is_not_taken_fails_for_good_but_blames_no_number(fake, code):
    error = refused(fake, code)
    assert error.permanent
    assert not error.wrong_address


def test_a_message_with_a_receipt_is_found_by_our_ref(fake):
    transport("tencent_sms", fake).send(outgoing("tencent_sms"))
    found = transport("tencent_sms", fake).find(sent(clock.now()))
    assert found.provider_id == fake.ledger.taken[0].provider_id
    assert found.delivered


def test_a_message_that_is_not_listed_may_have_been_sent(fake):
    fake.memory["tencent_receipts"] = False
    transport("tencent_sms", fake).send(outgoing("tencent_sms"))
    with pytest.raises(TransportError) as caught:
        transport("tencent_sms", fake).find(sent(clock.now()))
    assert caught.value.unknown


def test_a_state_is_a_receipt_known_by_the_carriers_number():
    heard = hear([STATE])
    assert heard.events == (Receipt("2640:1:SUCCESS", Outcome.DELIVERED, provider_id="2640:1"),)
    assert json.loads(heard.answer) == {"result": 0, "errmsg": "OK"}


def test_a_state_of_failure_says_why():
    [receipt] = hear([STATE | {"report_status": "FAIL", "errmsg": "MK:0001"}]).events
    assert receipt.outcome is Outcome.FAILED
    assert "MK:0001" in receipt.error


def test_an_answer_of_a_patient_is_a_reply():
    [reply] = hear(REPLY).events
    assert (reply.sender, reply.text, reply.medium, reply.ref) == (PHONE, "1", "sms", None)
    assert isinstance(reply, Reply)
    assert hear(REPLY).events[0].event_id == reply.event_id
    assert hear(REPLY | {"time": 1457336870}).events[0].event_id != reply.event_id


@pytest.mark.parametrize("token", ["", "wrong"])
def test_without_the_token_nobody_is_believed(token):
    with pytest.raises(NotFromCarrier):
        hear([STATE], token)


def test_an_account_without_a_token_believes_nobody():
    with pytest.raises(NotFromCarrier):
        hear([STATE], "", hook_token="")


@pytest.mark.parametrize("told", [[{}], ["text"], 7, [{"sid": "1"}]])
def test_what_makes_no_sense_is_said_to_make_none(told):
    with pytest.raises(ValueError):  # noqa: PT011
        hear(told)
