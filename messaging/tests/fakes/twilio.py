"""Twilio: messages and calls, their lists, and the webhooks with X-Twilio-Signature."""

import base64
import hashlib
import hmac
import json
import re
import time
import uuid
from email.utils import formatdate

from messaging.tests.fakes.script import Taken

SID, TOKEN = "AC00000000000000000000000000000001", "twilio-auth-token"


def play(fake, request, refuse):
    """Twilio's REST interface, as far as it is used."""
    if request.headers.get("authorization") != "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode():
        return 401, {}, json.dumps({"code": 20003, "message": "Authenticate", "status": 401})
    kind = request.path.rsplit("/", 1)[-1].removesuffix(".json")
    if request.method == "GET":
        return 200, {}, json.dumps({kind.lower(): [_as_row(one) for one in _listed(fake, request)]})
    if refuse is None:
        return None
    if refuse:
        words = f"The 'To' number {request.form['To']} is not valid."  # as Twilio does; must not reach our logs
        return 400, {}, json.dumps({"code": int(refuse), "message": words, "status": 400})
    taken = _taken(request, "SM" if kind == "Messages" else "CA")
    fake.ledger.write(taken)
    return 201, {}, json.dumps(_as_row(taken))


def _taken(request, prefix):
    form = request.form
    ref = re.findall(r"[0-9a-f-]{36}", form["StatusCallback"])[-1]
    said = form.get("Body") or form["Twiml"]
    return Taken(ref, "twilio", prefix + uuid.uuid4().hex, form["To"], said, form["StatusCallback"])


def _listed(fake, request):
    newest_first = reversed(fake.ledger.taken)
    return [one for one in newest_first if one.to == request.query["To"]][: int(request.query.get("PageSize", 50))]


def _as_row(one: Taken) -> dict:
    return {
        "sid": one.provider_id,
        "to": one.to,
        "body": one.text,
        "status": "queued",
        "direction": "outbound-api",
        "date_created": formatdate(one.at),
        "date_sent": None,
    }


def signed(url: str, form: dict[str, str], token: str = TOKEN) -> dict[str, str]:
    """The headers of a webhook."""
    text = url + "".join(key + form[key] for key in sorted(form))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return {"x-twilio-signature": base64.b64encode(digest).decode(), "date": formatdate(time.time())}
