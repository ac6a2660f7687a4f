"""E-mail services."""

import base64
import hashlib
import hmac
import json

import pytest

from messaging.channels.base import NotFromCarrier, Outcome, TransportError
from messaging.tests.channels.helpers import EMAIL, REF, incoming, outgoing, transport

SERVICES = ["brevo", "mailgun", "postmark", "resend"]
SECRET = "hook-user:hook-password"
SIGNING_KEY = "mailgun-signing-key"


def account(service, fake=None, **changed):
    base = fake.url(f"mail/{service}/") if fake else "http://127.0.0.1"
    secret = SIGNING_KEY if service == "mailgun" else SECRET
    return transport("anymail", base, service=service, hook_secret=secret, **changed)


def signed(service, told, secret=SECRET):
    """The service's request. Source of the forms: each service's page on webhooks, as anymail names them."""
    if service == "mailgun":
        token, timestamp = "t" * 50, "1529006854"
        key = SIGNING_KEY if secret == SECRET else secret
        right = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
        told = {"signature": {"token": token, "timestamp": timestamp, "signature": right}, "event-data": told}
    headers = {
        "Content-Type": "application/json",
        "Authorization": "Basic " + base64.b64encode(secret.encode()).decode(),
    }
    return incoming(headers=headers, body=json.dumps(told).encode())


DELIVERED = {
    "brevo": {
        "event": "delivered",
        "email": EMAIL,
        "message-id": "<1@brevo>",
        "ts_epoch": 1604933654000,
        "X-Mailin-custom": json.dumps({"ref": str(REF)}),
    },
    "mailgun": {
        "event": "delivered",
        "timestamp": 1529006854.3,
        "recipient": EMAIL,
        "message": {"headers": {"message-id": "1@mailgun"}},
        "user-variables": {"ref": str(REF)},
    },
    "postmark": {
        "RecordType": "Delivery",
        "MessageID": "1",
        "Recipient": EMAIL,
        "DeliveredAt": "2026-03-05T02:00:00Z",
        "Metadata": {"ref": str(REF)},
    },
    "resend": {
        "type": "email.delivered",
        "created_at": "2026-03-05T02:00:00.000Z",
        "data": {
            "email_id": "1",
            "to": [EMAIL],
            "headers": [{"name": "X-Metadata", "value": json.dumps({"ref": str(REF)})}],
        },
    },
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_letter_is_taken_with_our_ref_and_its_headers(fake, service):
    accepted = account(service, fake).send(
        outgoing(
            "anymail",
            unsubscribe_url="https://crm.example.org/stop/1/",
            attachments=(("a.ics", "text/calendar", b"B"),),
        )
    )
    assert accepted.provider_id
    body = fake.ledger.taken[0].text
    assert str(REF) in body
    assert "List-Unsubscribe" in body
    assert "a.ics" in body


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("step", "flag"), [("drop", "unknown"), ("status:500", "unknown"), ("status:429", "down")])
def test_every_service_fails_alike(fake, service, step, flag):
    fake.script.then(step)
    with pytest.raises(TransportError) as caught:
        account(service, fake).send(outgoing("anymail"))
    assert getattr(caught.value, flag)


@pytest.mark.parametrize("service", SERVICES)
def test_a_letter_that_is_refused_fails_for_good(fake, service):
    fake.script.then("refuse:400")
    with pytest.raises(TransportError) as caught:
        account(service, fake).send(outgoing("anymail"))
    assert caught.value.permanent
    assert EMAIL not in caught.value.message


def test_an_address_that_the_service_calls_invalid_is_known_as_such(fake):
    fake.script.then("refuse:422")
    with pytest.raises(TransportError) as caught:
        account("postmark", fake).send(outgoing("anymail"))
    assert caught.value.permanent
    assert caught.value.wrong_address


def test_a_service_that_is_not_known_makes_the_channel_wait(fake):
    with pytest.raises(TransportError) as caught:
        account("pigeon", fake).send(outgoing("anymail"))
    assert caught.value.down


@pytest.mark.parametrize("service", SERVICES)
def test_an_arrival_is_a_receipt_with_our_ref(service):
    [receipt] = account(service).hear(signed(service, DELIVERED[service])).events
    assert receipt.outcome is Outcome.DELIVERED
    assert receipt.ref == REF
    assert receipt.event_id


@pytest.mark.parametrize("service", SERVICES)
def test_the_same_receipt_has_the_same_number(service):
    first, again = (account(service).hear(signed(service, DELIVERED[service])).events[0] for _time in range(2))
    assert first == again


@pytest.mark.parametrize("service", SERVICES)
def test_a_forged_request_is_refused(service):
    with pytest.raises(NotFromCarrier):
        account(service).hear(signed(service, DELIVERED[service], secret="somebody:else"))


@pytest.mark.parametrize("service", SERVICES)
def test_an_account_without_a_secret_believes_nobody(service):
    with pytest.raises(NotFromCarrier):
        transport("anymail", "", service=service, hook_secret="").hear(signed(service, DELIVERED[service]))


@pytest.mark.parametrize(("event", "wrong"), [("hard_bounce", True), ("soft_bounce", False), ("blocked", False)])
def test_only_a_bounce_for_good_blames_the_address(event, wrong):
    [receipt] = account("brevo").hear(signed("brevo", DELIVERED["brevo"] | {"event": event})).events
    assert receipt.outcome is Outcome.FAILED
    assert receipt.wrong_address is wrong
    assert receipt.error


@pytest.mark.parametrize("event", ["spam", "unsubscribe"])
def test_a_complaint_ends_the_letters_but_does_not_undo_the_arrival(event):
    [receipt] = account("brevo").hear(signed("brevo", DELIVERED["brevo"] | {"event": event})).events
    assert receipt.opted_out
    assert receipt.outcome is Outcome.DELIVERED


@pytest.mark.parametrize("event", ["request", "opened", "click", "deferred", "something new"])
def test_what_happens_on_the_way_or_after_is_no_event(event):
    assert account("brevo").hear(signed("brevo", DELIVERED["brevo"] | {"event": event})).events == ()


@pytest.mark.parametrize("told", [[], 7, "text"])
def test_what_makes_no_sense_is_said_to_make_none(told):
    with pytest.raises(ValueError):  # noqa: PT011
        account("brevo").hear(signed("brevo", told))


def test_an_endless_request_is_not_read():
    with pytest.raises(ValueError, match="too long"):
        account("brevo").hear(signed("brevo", {"event": "x" * 300_000}))
