"""The same failures at every carrier with a web interface: what may be sent again, and what never."""

import logging
import traceback

import pytest

from messaging.channels import http
from messaging.channels.base import TransportError
from messaging.tests.channels.helpers import ACCOUNTS, closed_port, outgoing, transport

KINDS = sorted(ACCOUNTS)


def failure(kind, base, **changed):
    with pytest.raises(TransportError) as caught:
        transport(kind, base, **changed).send(outgoing(kind))
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_is_taken_and_gets_the_carriers_number(fake, kind):
    accepted = transport(kind, fake).send(outgoing(kind))
    assert accepted.provider_id == fake.ledger.taken[0].provider_id or kind == "anymail"
    assert not accepted.delivered
    assert len(fake.ledger.taken) == 1


@pytest.mark.parametrize("step", ["drop", "reset", "status:500", "status:502", "status:504", "garbage", "huge"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_may_have_been_taken_stays_unknown(fake, kind, step):
    fake.script.then(step)
    error = failure(kind, fake)
    assert error.unknown
    assert not error.permanent
    assert not error.down


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_takes_too_long_leaves_it_unknown(fake, kind, monkeypatch):
    monkeypatch.setattr(http, "READ_SECONDS", 0.2)
    fake.script.then("slow:0.6")
    assert failure(kind, fake).unknown


@pytest.mark.parametrize("kind", KINDS)
def test_where_nobody_listens_nothing_was_sent_and_the_channel_waits(kind):
    error = failure(kind, f"http://127.0.0.1:{closed_port()}")
    assert error.down
    assert not error.unknown
    assert not error.permanent


@pytest.mark.parametrize("kind", KINDS)
def test_an_address_that_is_none_makes_the_channel_wait(kind):
    error = failure(kind, "gateway.example")
    assert error.down
    assert not error.unknown


@pytest.mark.parametrize("step", ["status:429", "status:503"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_busy_carrier_is_asked_again_when_it_says(fake, kind, step):
    fake.script.then(step)
    error = failure(kind, fake)
    assert error.retry_after == 7
    assert error.down
    assert not error.unknown
    assert not error.permanent


@pytest.mark.parametrize("kind", KINDS)
def test_no_redirect_is_followed(fake, kind):
    fake.script.then("redirect")
    error = failure(kind, fake)
    assert error.down
    assert not fake.ledger.taken


WRONG_SECRETS = {
    "twilio_sms": "auth_token",
    "twilio_voice": "auth_token",
    "aliyun_sms": "access_key_secret",
    "tencent_sms": "secret_key",
    "wechat": "app_secret",
    "webhook": "secret",
    "anymail": "api_key",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_secret_makes_the_channel_wait_and_blames_no_message(fake, kind):
    error = failure(kind, fake, **{WRONG_SECRETS[kind]: "wrong"})
    assert error.down
    assert not error.permanent
    assert not error.unknown
    assert not fake.ledger.taken


REFUSALS = {
    "twilio_sms": "21211",
    "twilio_voice": "21217",
    "aliyun_sms": "isv.MOBILE_NUMBER_ILLEGAL",
    "tencent_sms": "InvalidParameterValue.IncorrectPhoneNumber",
    "wechat": "43004",
    "webhook": "wrong_address",
}


@pytest.mark.parametrize(("kind", "code"), REFUSALS.items())
def test_a_number_that_reaches_nobody_is_known_as_such(fake, kind, code):
    fake.script.then(f"refuse:{code}")
    error = failure(kind, fake)
    assert error.wrong_address
    assert error.permanent


@pytest.mark.parametrize("step", ["accept", "drop", "status:500", "status:429", "redirect", "garbage", "refuse"])
@pytest.mark.parametrize("kind", KINDS)
def test_neither_errors_nor_logs_hold_a_secret_an_address_or_the_words(fake, kind, step, caplog):
    caplog.set_level(logging.DEBUG)
    fake.script.then(f"refuse:{REFUSALS.get(kind, '400')}" if step == "refuse" else step)
    said = ""
    try:
        transport(kind, fake).send(outgoing(kind))
    except TransportError:
        said = "".join(line for line in traceback.format_exc().splitlines() if not line.startswith("    "))
    _path, settings, to, _template = ACCOUNTS[kind]
    secrets = [settings[name] for name in ("auth_token", "secret_key", "app_secret", "secret") if name in settings]
    for private in [to, to[-8:], "王芳", *secrets]:
        assert private not in said + caplog.text
