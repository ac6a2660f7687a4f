"""A hospital's own gateway, and its receipts and replies."""

import hashlib
import hmac
import json
import time
import urllib.request
import uuid

from messaging.tests.fakes.script import Taken


def sign(secret: str, timestamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), b"%s.%s" % (timestamp.encode(), body), hashlib.sha256).hexdigest()


def play(fake, request, refuse):
    if refuse is None:
        return None
    timestamp = request.headers.get("x-timestamp", "")
    if request.headers.get("x-signature") != sign(fake.secret, timestamp, request.body):
        return 401, {}, json.dumps({"error": "signature"})
    if refuse:
        return 422, {}, json.dumps({"error": refuse})
    told = request.json()
    taken = Taken(told["ref"], "gateway", f"gw-{uuid.uuid4().hex[:8]}", told["to"], told["text"], told["receipt_url"])
    if fake.honours_keys:
        taken = fake.ledger.once(request.headers["idempotency-key"], taken)
    else:
        fake.ledger.write(taken)
    return 202, {}, json.dumps({"id": taken.provider_id})


def receipt(taken: Taken, outcome: str = "delivered", **more) -> dict:
    return {"type": "receipt", "id": f"{taken.provider_id}:{outcome}", "ref": taken.ref, "outcome": outcome, **more}


def signed(secret: str, events: list[dict], at: float | None = None) -> tuple[dict[str, str], bytes]:
    """(headers, body) of a request to our hook."""
    body = json.dumps({"events": events}).encode()
    timestamp = str(int(at or time.time()))
    headers = {"Content-Type": "application/json", "X-Timestamp": timestamp}
    return headers | {"X-Signature": sign(secret, timestamp, body)}, body


def push(fake, *, twice=False, backwards=False, forged=False) -> list[int]:
    """Receipts of all that was taken, each to the address that came with it. Returns the answers' statuses."""
    taken = fake.ledger.taken * (2 if twice else 1)
    secret = "somebody else's secret" if forged else fake.secret
    statuses = []
    for one in reversed(taken) if backwards else taken:
        headers, body = signed(secret, [receipt(one)])
        asked = urllib.request.Request(one.receipt_url, body, headers, method="POST")
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                statuses.append(answer.status)
        except urllib.error.HTTPError as refused:
            statuses.append(refused.code)
            refused.close()
    return statuses
