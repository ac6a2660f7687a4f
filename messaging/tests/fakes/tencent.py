"""Tencent Cloud SMS: TC3-HMAC-SHA256, SendSms and PullSmsSendStatusByPhoneNumber."""

import hashlib
import hmac
import json
import time
import uuid

from messaging.tests.fakes.script import Taken

KEY, SECRET = "tencent-secret-id", "tencent-secret-key"


def play(fake, request, refuse):
    if not _signature_right(request):
        return _error("AuthFailure.SignatureFailure")
    told = request.json()
    if request.headers["x-tc-action"] == "PullSmsSendStatusByPhoneNumber":
        return 200, {}, json.dumps({"Response": {"PullSmsSendStatusSet": _pulled(fake, told), "RequestId": "r"}})
    if refuse is None:
        return None
    [to] = told["PhoneNumberSet"]
    if refuse.startswith("!"):
        return _error(refuse[1:])
    if refuse:
        return _sent({"Code": refuse, "Message": f"{to} refused", "PhoneNumber": to, "SerialNo": ""})
    text = f"{told['SignName']}|{told['TemplateId']}|{json.dumps(told['TemplateParamSet'], ensure_ascii=False)}"
    taken = Taken(told["SessionContext"], "tencent", f"2640:{uuid.uuid4().int % 10**20}", to, text)
    fake.ledger.write(taken)
    return _sent({"Code": "Ok", "SerialNo": taken.provider_id, "PhoneNumber": to, "SessionContext": taken.ref})


def _error(code):
    return 200, {}, json.dumps({"Response": {"Error": {"Code": code, "Message": "no"}, "RequestId": "r"}})


def _sent(status):
    return 200, {}, json.dumps({"Response": {"SendStatusSet": [status], "RequestId": "r"}})


def _pulled(fake, told):
    """Only what has a receipt shows up here."""
    return [
        {"SessionContext": one.ref, "SerialNo": one.provider_id, "ReportStatus": "SUCCESS", "PhoneNumber": one.to}
        for one in fake.ledger.taken
        if fake.memory.get("tencent_receipts", True)
        and one.to == told["PhoneNumber"]
        and told["SendDateTime"] <= one.at <= told["EndDateTime"]
    ]


def _signature_right(request) -> bool:
    """Step by step as the provider's page on signature v3 tells it."""
    headers = request.headers
    method, _space, rest = headers.get("authorization", "").partition(" ")
    if method != "TC3-HMAC-SHA256":
        return False
    said = dict(part.strip().split("=", 1) for part in rest.split(","))
    names = said["SignedHeaders"].split(";")
    key_id, day, service, _end = said["Credential"].split("/")
    if day != time.strftime("%Y-%m-%d", time.gmtime(int(headers["x-tc-timestamp"]))):
        return False
    lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in names)
    payload = hashlib.sha256(request.body).hexdigest()
    canonical = "\n".join(["POST", "/", "", lines, ";".join(names), payload])
    scope = f"{day}/{service}/tc3_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(["TC3-HMAC-SHA256", headers["x-tc-timestamp"], scope, digest])
    key = ("TC3" + SECRET).encode()
    for part in (day, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    right = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return key_id == KEY and service == "sms" and said["Signature"] == right
