"""Template messages of an official account."""

import pytest
from django.core.cache import cache

from common import clock
from messaging.channels.base import NotFromCarrier, Outcome, Receipt, Reply, TransportError
from messaging.channels.wechat import account
from messaging.channels.wechat.transport import signature
from messaging.tests.channels.helpers import HOOK, NOW, OPENID, REF, incoming, outgoing, transport
from messaging.tests.fakes import wechat

FINISHED = """<xml><ToUserName><![CDATA[gh_7f083739789a]]></ToUserName>
<FromUserName><![CDATA[oSecretOpenId]]></FromUserName><CreateTime>1395658920</CreateTime>
<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event>
<MsgID>200163836</MsgID><Status><![CDATA[%s]]></Status></xml>"""  # the example of the carrier's page
TEXT = """<xml><FromUserName>oSecretOpenId</FromUserName><CreateTime>1348831860</CreateTime>
<MsgType>text</MsgType><Content><![CDATA[1 <好>]]></Content><MsgId>1234567890123456</MsgId></xml>"""


VECTOR = "60233687e268ae153fafcb1c00819efce2dd3f24"


@pytest.fixture
def at(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def hear(xml="", *, method="POST", seconds=0, token=wechat.TOKEN, **query):
    signed = wechat.signed(token, str(int(NOW.timestamp()) + seconds))
    url = HOOK + "?" + "&".join(f"{name}={value}" for name, value in (signed | query).items())
    return transport("wechat", "http://127.0.0.1").hear(incoming(url, method=method, body=xml.encode()))


def send(fake, **changed):
    return transport("wechat", fake).send(outgoing("wechat", **changed))


def test_the_approved_texts_places_are_filled_and_our_ref_goes_along(fake):
    send(fake)
    told = fake.requests[-1].json()
    assert told["touser"] == OPENID
    assert told["template_id"] == "TPL"
    assert told["client_msg_id"] == REF.hex
    assert told["data"] == {"thing1": {"value": "王芳"}, "time2": {"value": "周四 9:30"}}


def test_a_repeat_with_the_same_ref_is_sent_once(fake):
    fake.script.then("drop")
    with pytest.raises(TransportError):
        send(fake)
    send(fake)
    assert fake.ledger.by_ref() == {REF.hex: 1}


# The token


def test_the_token_is_fetched_once_for_many_messages(fake):
    for _time in range(3):
        send(fake)
    assert fake.memory["wechat_tokens"] == 1


def test_the_token_is_kept_until_shortly_before_its_end(fake, monkeypatch):
    kept = {}
    monkeypatch.setattr(cache, "set", lambda key, value, seconds: kept.update(seconds=seconds))
    send(fake)
    assert kept["seconds"] == 7200 - account.EARLIER


def test_a_token_that_ended_is_fetched_anew_once(fake):
    send(fake)
    fake.memory["wechat_token"] = "another process has fetched one"
    send(fake)
    assert fake.memory["wechat_tokens"] == 2
    assert len(fake.ledger.taken) == 1  # the same ref


def test_a_token_that_another_process_has_fetched_meanwhile_is_used(fake):
    send(fake)
    fake.memory["wechat_token"] = "fresh"
    settings = transport("wechat", fake).settings
    cache.set(account._cache_key(fake.url("wechat"), settings["app_id"], settings["app_secret"]), "fresh")
    send(fake)
    assert fake.memory["wechat_tokens"] == 1


def test_a_token_that_is_refused_twice_is_not_fetched_for_ever(fake):
    fake.script.then("refuse:42001", "refuse:42001")
    with pytest.raises(TransportError) as caught:
        send(fake)
    assert caught.value.down
    assert fake.memory["wechat_tokens"] == 2


def test_the_secret_stands_in_no_key_of_the_cache():
    assert wechat.APP_SECRET not in account._cache_key("u", wechat.APP_ID, wechat.APP_SECRET)


# What its numbers mean


@pytest.mark.parametrize(
    ("code", "flag"),
    [("40003", "wrong_address"), ("43004", "wrong_address"), ("43101", "opted_out"), ("47003", "permanent")],
)
def test_a_refusal_is_read_by_its_number(fake, code, flag):
    fake.script.then(f"refuse:{code}")
    with pytest.raises(TransportError) as caught:
        send(fake)
    assert getattr(caught.value, flag)
    assert caught.value.permanent


@pytest.mark.parametrize("code", ["45009", "-1", "40164", "48001"])
def test_what_concerns_the_account_makes_the_channel_wait(fake, code):
    fake.script.then(f"refuse:{code}")
    with pytest.raises(TransportError) as caught:
        send(fake)
    assert caught.value.down
    assert not caught.value.permanent


# What it tells us


def test_the_signature_is_sha1_over_the_sorted_parts():
    """From `printf '1700000000ABCnonce' | sha1sum`, the parts in their sorted order."""
    assert signature("nonce", "1700000000", "ABC") == signature("ABC", "1700000000", "nonce") == VECTOR


def test_setting_up_the_address_is_answered_with_the_echo(at):
    assert hear(method="GET", echostr="5838").answer == "5838"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_forged_request_is_refused(at, method):
    with pytest.raises(NotFromCarrier):
        hear(FINISHED % "success", method=method, token="wrong")


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_request_of_another_time_is_refused(at, seconds):
    with pytest.raises(NotFromCarrier):
        hear(FINISHED % "success", seconds=seconds)


def test_an_account_without_a_token_believes_nobody(at):
    signed = wechat.signed("", str(int(NOW.timestamp())))
    url = HOOK + "?" + "&".join(f"{name}={value}" for name, value in signed.items())
    with pytest.raises(NotFromCarrier):
        transport("wechat", "", hook_token="").hear(incoming(url, body=b"<xml/>"))


def test_a_finished_sending_is_a_receipt(at):
    heard = hear(FINISHED % "success")
    assert heard.events == (Receipt("200163836:success", Outcome.DELIVERED, provider_id="200163836"),)
    assert heard.answer == "success"


@pytest.mark.parametrize(("status", "out"), [("failed:user block", True), ("failed: system failed", False)])
def test_a_sending_that_failed_says_whether_the_follower_refuses(at, status, out):
    [receipt] = hear(FINISHED % status).events
    assert receipt.outcome is Outcome.FAILED
    assert receipt.opted_out is out


def test_a_text_of_a_follower_is_a_reply(at):
    assert hear(TEXT).events == (Reply("text:1234567890123456", OPENID, "1 <好>", "wechat"),)


def test_other_events_are_taken_and_forgotten(at):
    heard = hear("<xml><MsgType>event</MsgType><Event>subscribe</Event></xml>")
    assert heard.events == ()
    assert heard.answer == "success"


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><MsgType>text</MsgType><Content>&b;</Content></xml>'
)
FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><MsgType>text</MsgType><Content>&a;</Content></xml>'


@pytest.mark.parametrize("xml", [BOMB, FILE, "", "<xml>", "text", FINISHED.replace("200163836", "0") % "success"])
def test_what_may_not_or_cannot_be_read_makes_no_sense(at, xml):
    with pytest.raises(ValueError):  # noqa: PT011
        hear(xml)


def test_an_endless_request_is_not_read(at):
    with pytest.raises(ValueError, match="too long"):
        hear("<xml>" + " " * 300_000 + "</xml>")
