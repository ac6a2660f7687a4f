"""SMS by Aliyun."""

import datetime as dt
import json

import pytest

from common import clock
from messaging.channels.aliyun_sms import signing
from messaging.channels.base import NotFromCarrier, Outcome, Receipt, Reply, TransportError
from messaging.tests.channels.helpers import HOOK, PHONE, REF, incoming, outgoing, sent, transport
from messaging.tests.fakes.script import Taken

REPORT = {  # the example of the carrier's page
    "phone_number": "13912345678",
    "send_time": "2017-01-01 00:00:00",
    "report_time": "2017-01-01 00:00:00",
    "success": True,
    "err_code": "DELIVERED",
    "err_msg": "用户接收成功",
    "sms_size": "1",
    "biz_id": "12345^0",
    "out_id": str(REF),
}
UP = {"phone_number": "13912345678", "content": "1", "send_time": "2017-09-01 00:00:00", "sequence_id": 1234567890}


def hear(rows, token="aliyun-hook-token", **changed):
    url = f"{HOOK}?token={token}"
    return transport("aliyun_sms", "http://127.0.0.1", **changed).hear(incoming(url, body=json.dumps(rows).encode()))


def refused(fake, code):
    fake.script.then(f"refuse:{code}")
    with pytest.raises(TransportError) as caught:
        transport("aliyun_sms", fake).send(outgoing("aliyun_sms"))
    return caught.value


def test_the_signature_is_the_published_one():
    """Source: the example with fixed values of
    https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature"""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    assert signing.authorization("YourAccessKeyId", "YourAccessKeySecret", headers, query, method="POST") == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_the_query_is_encoded_by_rfc_3986():
    assert signing.query_string({"b": "a b*c/~", "a": "é"}) == "a=%C3%A9&b=a%20b%2Ac%2F~"


def test_the_approved_text_is_filled_and_our_ref_goes_along(fake):
    accepted = transport("aliyun_sms", fake).send(outgoing("aliyun_sms"))
    query = fake.requests[0].query
    assert query["PhoneNumbers"] == "13912345678"
    assert query["TemplateCode"] == "SMS_1"
    assert json.loads(query["TemplateParam"]) == {"name": "王芳", "time": "周四 9:30"}
    assert query["OutId"] == str(REF)
    assert accepted.provider_id == fake.ledger.taken[0].provider_id


def test_a_foreign_number_keeps_its_country(fake):
    transport("aliyun_sms", fake).send(outgoing("aliyun_sms", to="+85251234567"))
    assert fake.requests[0].query["PhoneNumbers"] == "85251234567"


@pytest.mark.parametrize("template", ["", "SMS_1:name=nobody"])
def test_without_an_approved_text_that_can_be_filled_nothing_is_sent(fake, template):
    with pytest.raises(TransportError) as caught:
        transport("aliyun_sms", fake).send(outgoing("aliyun_sms", template=template))
    assert caught.value.permanent
    assert not fake.requests


def test_without_a_list_of_places_all_facts_go_by_their_own_names(fake):
    transport("aliyun_sms", fake).send(outgoing("aliyun_sms", template="SMS_1"))
    assert json.loads(fake.requests[0].query["TemplateParam"]) == {"patient": "王芳", "time": "周四 9:30"}


def test_a_person_who_had_enough_today_gets_it_later_and_the_others_now(fake):
    error = refused(fake, "isv.BUSINESS_LIMIT_CONTROL")
    assert error.retry_after == 3600
    assert not error.down
    assert not error.permanent


@pytest.mark.parametrize(
    "code", ["isv.AMOUNT_NOT_ENOUGH", "isv.OUT_OF_SERVICE", "isv.DAY_LIMIT_CONTROL", "Throttling.User"]
)
def test_what_concerns_the_account_makes_the_channel_wait(fake, code):
    error = refused(fake, code)
    assert error.down
    assert not error.permanent


def test_a_fault_inside_the_carrier_leaves_it_unknown(fake):
    assert refused(fake, "isp.SYSTEM_ERROR").unknown


@pytest.mark.parametrize("code", ["isv.TEMPLATE_MISSING_PARAMETERS", "isv.BLACK_KEY_CONTROL_LIMIT", "isv.NEW_CODE"])
def test_a_text_that_is_not_taken_fails_for_good_but_blames_no_number(fake, code):
    error = refused(fake, code)
    assert error.permanent
    assert not error.wrong_address


# Was it sent?


def test_a_message_is_found_by_our_ref_among_others_to_the_number(fake):
    transport("aliyun_sms", fake).send(outgoing("aliyun_sms"))
    fake.ledger.write(Taken("another", "aliyun", "1^0", "13912345678", ""))
    assert transport("aliyun_sms", fake).find(sent(clock.now())) is not None


def test_a_message_that_is_not_listed_was_not_sent(fake):
    fake.ledger.write(Taken("another", "aliyun", "1^0", "13912345678", ""))
    assert transport("aliyun_sms", fake).find(sent(clock.now())) is None


def test_a_message_on_a_later_page_is_found(fake):
    for number in range(60):
        fake.ledger.write(Taken(f"r{number}", "aliyun", f"{number}^0", "13912345678", ""))
    fake.ledger.write(Taken(str(REF), "aliyun", "x^0", "13912345678", ""))
    assert transport("aliyun_sms", fake).find(sent(clock.now())) is not None


def test_around_midnight_in_china_both_days_are_asked(fake):
    """15:59:50 UTC is ten seconds before midnight there."""
    before = dt.datetime(2026, 3, 5, 15, 59, 50, tzinfo=dt.UTC)
    after = before + dt.timedelta(seconds=20)
    fake.ledger.write(Taken(str(REF), "aliyun", "x^0", "13912345678", "", at=after.timestamp()))
    assert transport("aliyun_sms", fake).find(sent(before)) is not None


def test_a_list_that_cannot_be_had_leaves_it_open(fake):
    with pytest.raises(TransportError) as caught:
        transport("aliyun_sms", fake, access_key_secret="wrong").find(sent(clock.now()))
    assert caught.value.unknown


# What it tells us


def test_a_report_is_a_receipt_with_our_ref():
    heard = hear([REPORT])
    assert heard.events == (Receipt("12345^0:DELIVERED", Outcome.DELIVERED, REF, "12345^0"),)
    assert json.loads(heard.answer)["code"] == 0


@pytest.mark.parametrize(("code", "out"), [("MOBILE_NOT_ON_SERVICE", False), ("MOBILE_IN_BLACK", True)])
def test_a_report_of_failure_says_why(code, out):
    [receipt] = hear([REPORT | {"success": False, "err_code": code}]).events
    assert receipt.outcome is Outcome.FAILED
    assert receipt.opted_out is out
    assert not receipt.wrong_address
    assert code in receipt.error


def test_an_answer_of_a_patient_is_a_reply():
    assert hear([UP]).events == (Reply("up:1234567890", PHONE, "1", "sms"),)


def test_the_same_answer_has_the_same_number_although_the_carrier_gives_none():
    first, again = (hear([UP | {"sequence_id": None}]).events[0].event_id for _time in range(2))
    assert first == again


@pytest.mark.parametrize("token", ["", "wrong", "aliyun-hook-tokex"])
def test_without_the_token_nobody_is_believed(token):
    with pytest.raises(NotFromCarrier):
        hear([REPORT], token)


def test_an_account_without_a_token_believes_nobody():
    with pytest.raises(NotFromCarrier):
        hear([REPORT], "", hook_token="")


@pytest.mark.parametrize("rows", [[{}], ["text"], "text", [{"success": True}], [{"content": "1"}]])
def test_what_makes_no_sense_is_said_to_make_none(rows):
    with pytest.raises(ValueError):  # noqa: PT011
        hear(rows)
