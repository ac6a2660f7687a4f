"""The hospital's own gateway."""

import base64
import json

import pytest

from common import clock
from messaging.channels.base import NotFromCarrier, Outcome, Receipt, Reply, TransportError
from messaging.channels.webhook.transport import signature
from messaging.tests.channels.helpers import NOW, PHONE, RECEIPT_URL, REF, incoming, outgoing, transport
from messaging.tests.fakes import gateway
from messaging.tests.fakes.server import SECRET

RECEIPT = {"type": "receipt", "id": "gw-1:delivered", "ref": str(REF), "outcome": "delivered"}
VECTOR = "0a8ac3b17168a2657811cc9a1bc9b385d722fe586ab590c634a92d335468f94b"
REPLY = {"type": "reply", "id": "in-7", "from": PHONE, "text": "1", "medium": "sms", "ref": str(REF)}


@pytest.fixture
def at(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def hear(events, *, secret=SECRET, seconds=0, body=None, **changed):
    headers, right = gateway.signed(secret, events, NOW.timestamp() + seconds)
    return transport("webhook", "http://127.0.0.1", **changed).hear(incoming(headers=headers, body=body or right))


def test_the_signature_is_the_one_of_the_contract():
    """From `printf '1772676000.{"events":[]}' | openssl dgst -sha256 -hmac KEY`, as docs/channels.md tells."""
    assert signature(SECRET, "1772676000", b'{"events":[]}') == VECTOR


def test_the_request_says_everything_that_a_gateway_needs(fake):
    transport("webhook", fake).send(
        outgoing("webhook", choices=(("1", "来"),), attachments=(("a.ics", "text/calendar", b"BEGIN"),))
    )
    told = fake.requests[0].json()
    assert told["ref"] == str(REF) == fake.requests[0].headers["idempotency-key"]
    assert told["to"] == PHONE
    assert told["medium"] == "push"
    assert told["choices"] == [{"digit": "1", "words": "来"}]
    assert told["facts"] == {"patient": "王芳", "time": "周四 9:30"}
    assert told["receipt_url"] == RECEIPT_URL
    assert base64.b64decode(told["attachments"][0]["content"]) == b"BEGIN"


def test_a_repeat_with_the_same_ref_is_sent_once(fake):
    fake.script.then("drop")
    with pytest.raises(TransportError):
        transport("webhook", fake).send(outgoing("webhook"))
    again = transport("webhook", fake).send(outgoing("webhook"))
    assert fake.ledger.by_ref() == {str(REF): 1}
    assert again.provider_id == fake.ledger.taken[0].provider_id


def test_a_gateway_that_forgets_keys_sends_twice(fake):
    fake.honours_keys = False
    for _time in range(2):
        transport("webhook", fake).send(outgoing("webhook"))
    assert fake.ledger.by_ref() == {str(REF): 2}


@pytest.mark.parametrize("flag", ["wrong_address", "opted_out", "permanent"])
def test_a_refusal_says_why(fake, flag):
    fake.script.then(f"refuse:{flag}")
    with pytest.raises(TransportError) as caught:
        transport("webhook", fake).send(outgoing("webhook"))
    assert getattr(caught.value, flag)
    assert caught.value.permanent


def test_receipts_and_replies_are_heard(at):
    heard = hear([RECEIPT, REPLY, RECEIPT | {"id": "x", "outcome": "failed", "error": "gone", "opted_out": True}])
    assert heard.events == (
        Receipt("gw-1:delivered", Outcome.DELIVERED, REF),
        Reply("in-7", PHONE, "1", "sms", REF),
        Receipt("x", Outcome.FAILED, REF, error="gone", opted_out=True),
    )
    assert json.loads(heard.answer) == {"taken": 3}


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_request_of_another_time_is_not_the_gateways(at, seconds):
    with pytest.raises(NotFromCarrier):
        hear([RECEIPT], seconds=seconds)


def test_a_request_of_five_minutes_ago_still_counts(at):
    assert hear([RECEIPT], seconds=-299).events


def test_a_forged_request_is_refused(at):
    with pytest.raises(NotFromCarrier):
        hear([RECEIPT], secret="somebody else's")


def test_a_changed_body_is_refused(at):
    with pytest.raises(NotFromCarrier):
        hear([RECEIPT], body=json.dumps({"events": [REPLY]}).encode())


def test_without_a_secret_nobody_is_believed(at):
    headers, body = gateway.signed("", [RECEIPT], NOW.timestamp())
    with pytest.raises(NotFromCarrier):
        transport("webhook", "http://127.0.0.1", secret="").hear(incoming(headers=headers, body=body))


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "greeting", "id": "1"},
        RECEIPT | {"outcome": "perhaps"},
        RECEIPT | {"id": ""},
        RECEIPT | {"id": "x" * 200},
        REPLY | {"medium": "pigeon"},
        {"type": "reply", "id": "1"},
        "text",
    ],
)
def test_what_makes_no_sense_is_said_to_make_none(at, event):
    with pytest.raises(ValueError):  # noqa: PT011
        hear([event])


def test_an_endless_request_is_not_read(at):
    with pytest.raises(ValueError, match="too long"):
        hear([RECEIPT | {"error": "x" * 300_000}])
