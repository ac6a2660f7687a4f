"""Codes by carriers as they are, played on this machine, and what these tell afterwards at our door."""

import datetime as dt
import json
import time

import pytest

from common import clock
from messaging.channels.webhook.transport import signature
from messaging.models import CodeMessage, DeliveryState, MessageChannel, Reason
from messaging.services import code_messages
from messaging.services.code_sending import drain
from messaging.tests.channels.helpers import ACCOUNTS, PHONE
from messaging.tests.factories import MessageTemplateFactory
from messaging.tests.fakes import FakeCarriers
from messaging.tests.fakes.server import SECRET

pytestmark = pytest.mark.django_db


@pytest.fixture
def fake(monkeypatch):
    """All carriers; the worker is not woken."""
    monkeypatch.setattr(code_messages, "wake", lambda: None)
    carriers = FakeCarriers().start()
    yield carriers
    carriers.stop()


def set_up(fake, medium, kind):
    path, account, _to, _template = ACCOUNTS[kind]
    channel = MessageChannel.objects.get(medium=medium)
    channel.kind, channel.options = kind, {"base_url": fake.url(path), "url": fake.url(path)}
    channel.seal(account)
    channel.save()


def say(**more):
    expires_at = clock.now() + dt.timedelta(minutes=10)
    row = code_messages.say(phone=PHONE, code="480215", expires_at=expires_at, language="zh-hans", **more)
    drain()
    row.refresh_from_db()
    return row


def test_aliyun_gets_the_approved_text_and_what_fills_it(fake):
    set_up(fake, "sms", "aliyun_sms")
    words = {"text": "【{hospital}】{code}", "provider_code": "SMS_7:code,min=minutes"}
    MessageTemplateFactory(kind="code", language="zh-hans", medium="sms", **words)
    row = say()
    [taken] = fake.ledger.taken
    assert (taken.ref, row.state) == (str(row.uuid), DeliveryState.ACCEPTED)
    assert taken.text == '江滨医院|SMS_7|{"code": "480215", "min": "10"}'


def test_without_an_approved_text_the_phone_is_rung_up(fake, noon):
    set_up(fake, "sms", "aliyun_sms")
    set_up(fake, "voice", "twilio_voice")
    row = say()
    assert (row.state, row.reason) == (DeliveryState.FAILED, Reason.REFUSED)
    [taken] = fake.ledger.taken
    assert taken.provider == "twilio"
    assert "4，8，0，2，1，5" in taken.text
    assert row.then.state == DeliveryState.ACCEPTED


def test_a_connection_that_was_cut_after_it_was_taken_is_not_tried_again(fake):
    set_up(fake, "sms", "webhook")
    set_up(fake, "voice", "webhook")
    fake.script.then("drop")
    row = say()
    drain()
    assert len(fake.ledger.taken) == 1
    assert (row.state, CodeMessage.objects.count()) == (DeliveryState.UNKNOWN, 1)


def test_the_carriers_signed_receipt_is_taken_in_at_our_door(fake, client):
    set_up(fake, "sms", "webhook")
    row = say()
    event = {"type": "receipt", "id": "1", "ref": str(row.uuid), "outcome": "failed", "error": "Switched off"}
    body, stamp = json.dumps({"events": [event]}).encode(), str(int(time.time()))
    proof = {"X-Timestamp": stamp, "X-Signature": signature(SECRET, stamp, body)}
    address = fake.ledger.taken[0].receipt_url.partition("/hooks/")[2]
    answer = client.post(f"/hooks/{address}", body, content_type="application/json", headers=proof)
    assert answer.status_code == 200
    row.refresh_from_db()
    assert (row.state, row.error) == (DeliveryState.FAILED, "Switched off")
