"""A WeChat official account: tokens, template messages, and the requests that its server makes."""

import hashlib
import json
import uuid

from messaging.tests.fakes.script import Taken

APP_ID, APP_SECRET, TOKEN = "wx0001", "wechat-app-secret", "wechat-hook-token"


def play(fake, request, refuse):
    """A new token makes the old one invalid, as the account's does."""
    if request.path == "/cgi-bin/token":
        return _token(fake, request)
    if request.query.get("access_token") != fake.memory.get("wechat_token"):
        return _error(40001)
    if refuse is None:
        return None
    if refuse:
        return _error(int(refuse))
    told = request.json()
    text = told["template_id"] + "|" + "|".join(f"{k}={v['value']}" for k, v in told["data"].items())
    new = Taken(told["client_msg_id"], "wechat", str(uuid.uuid4().int % 10**18), told["touser"], text)
    taken = fake.ledger.once(told["touser"] + told["client_msg_id"], new)
    return 200, {}, json.dumps({"errcode": 0, "errmsg": "ok", "msgid": int(taken.provider_id)})


def _token(fake, request):
    query = request.query
    fake.memory["wechat_tokens"] = fake.memory.get("wechat_tokens", 0) + 1
    if (query.get("appid"), query.get("secret")) != (APP_ID, APP_SECRET):
        return _error(40125)
    fake.memory["wechat_token"] = uuid.uuid4().hex
    return 200, {}, json.dumps({"access_token": fake.memory["wechat_token"], "expires_in": 7200})


def _error(code):
    return 200, {}, json.dumps({"errcode": code, "errmsg": "of openid o-secret"})


def signed(token: str = TOKEN, timestamp: str = "1700000000", nonce: str = "n1") -> dict[str, str]:
    """The query of a request to our hook."""
    digest = hashlib.sha1("".join(sorted([token, timestamp, nonce])).encode()).hexdigest()
    return {"signature": digest, "timestamp": timestamp, "nonce": nonce}
