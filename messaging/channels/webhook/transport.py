"""A gateway of the hospital's own, for any medium: signed JSON in both directions. docs/channels.md is its contract."""

import base64
import hashlib
import hmac
import json
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from messaging.channels import hooks, http
from messaging.channels.base import (
    Accepted,
    Heard,
    Incoming,
    NotFromCarrier,
    Option,
    Outcome,
    Outgoing,
    Receipt,
    Reply,
    Settles,
    Transport,
    TransportError,
)
from messaging.models import Medium

OLDEST = 5 * 60  # seconds; a request may be so old, or so far ahead of our clock
LONGEST_NUMBER = 120
FLAGS = ("wrong_address", "opted_out", "permanent")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Of a request in either direction: HMAC-SHA256 over `timestamp.body`, in hex."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class WebhookTransport(Transport):
    """Posts each message to one address.

    KEY and a day are what the contract asks of the gateway: a ref that it has taken it does not send again, and answers
    as it did the first time.
    """

    kind = "webhook"
    label = _("Own gateway (signed web requests)")
    media = tuple(Medium.values)
    options = (
        Option("url", _("address of the gateway"), help=_("https://…; receives one request for each message.")),
        Option("secret", _("secret"), secret=True, help=_("Signs the requests of both sides. At least 32 signs.")),
    )
    settles = Settles.KEY
    key_minutes = 24 * 60
    at_once = 20

    def send(self, message: Outgoing) -> Accepted:
        """2xx with a number: taken. 503: certainly not taken. Other 5xx: unknown, and sent again with the same key."""
        answer = self._post(str(message.ref), _as_json(message))
        if not answer.ok:
            raise _refusal(answer)
        said = answer.json()
        if not said.get("id"):
            raise http.unclear()  # the 200 of some login page in between has taken nothing
        return Accepted(provider_id=str(said["id"])[:LONGEST_NUMBER], delivered=said.get("delivered") is True)

    def _post(self, key: str, body: bytes) -> http.Answer:
        timestamp = str(int(clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-Timestamp": timestamp,
            "X-Signature": signature(self.settings["secret"], timestamp, body),
        }
        return http.call("POST", self.settings["url"], data=body, headers=headers)

    def hear(self, incoming: Incoming) -> Heard:
        """Receipts and replies: {"events": [...]}."""
        self._check(incoming)
        [body] = hooks.rows(hooks.read_json(incoming))
        events = tuple(_event(row) for row in hooks.rows(body.get("events", [])))
        return Heard(events, json.dumps({"taken": len(events)}), "application/json")

    def _check(self, incoming: Incoming) -> None:
        timestamp = incoming.headers.get("x-timestamp", "")
        given = incoming.headers.get("x-signature", "")
        if not self.settings["secret"] or not timestamp.isdecimal():
            raise NotFromCarrier
        right = signature(self.settings["secret"], timestamp, incoming.body)
        if not hmac.compare_digest(given.encode(), right.encode()):
            raise NotFromCarrier
        if abs(clock.now().timestamp() - int(timestamp)) > OLDEST:
            raise NotFromCarrier


def _as_json(message: Outgoing) -> bytes:
    """The request's body."""
    body = {
        "ref": str(message.ref),
        "medium": message.medium,
        "to": message.to,
        "subject": message.subject,
        "text": message.text,
        "language": message.language,
        "template": message.template,
        "facts": dict(message.facts),
        "choices": [{"digit": digit, "words": words} for digit, words in message.choices],
        "receipt_url": message.receipt_url,
        "unsubscribe_url": message.unsubscribe_url,
        "attachments": [
            {"name": name, "type": media_type, "content": base64.b64encode(content).decode()}
            for name, media_type, content in message.attachments
        ],
    }
    return json.dumps(body, ensure_ascii=False).encode()


def _refusal(answer: http.Answer) -> TransportError:
    """422 tells what is wrong with this message; every other status speaks for itself."""
    error = answer.json().get("error")
    if answer.status == 422 and error in FLAGS:
        return TransportError(gettext("The gateway refused it (%(code)s).") % {"code": error}, **{error: True})
    return http.refusal(answer)


def _event(row: dict[str, Any]) -> Receipt | Reply:
    """Raises ValueError when something needed is missing."""
    try:
        if row["type"] == "receipt":
            return _receipt(row)
        if row["type"] == "reply":
            return _reply(row)
    except KeyError as missing:
        raise ValueError(f"An event without {missing}.") from None
    raise ValueError("An event of an unknown type.")


def _number(given: Any) -> str:
    if not given or len(str(given)) > LONGEST_NUMBER:
        raise ValueError("An event without a usable number.")
    return str(given)


def _receipt(row: dict[str, Any]) -> Receipt:
    return Receipt(
        event_id=_number(row["id"]),
        outcome=Outcome(row["outcome"]),
        ref=hooks.as_ref(row.get("ref")),
        provider_id=str(row.get("provider_id") or ""),
        error=str(row.get("error") or "")[:200],
        wrong_address=row.get("wrong_address") is True,
        opted_out=row.get("opted_out") is True,
    )


def _reply(row: dict[str, Any]) -> Reply:
    return Reply(
        event_id=_number(row["id"]),
        sender=str(row["from"]),
        text=str(row["text"]),
        medium=Medium(row["medium"]).value,
        ref=hooks.as_ref(row.get("ref")),
    )
