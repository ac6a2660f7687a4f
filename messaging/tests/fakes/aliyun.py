"""Aliyun SMS: ACS3-HMAC-SHA256, SendSms and QuerySendDetails."""

import hashlib
import hmac
import json
import time
import uuid
from urllib.parse import quote, urlsplit

from messaging.tests.fakes.script import Taken

KEY, SECRET = "aliyun-key-id", "aliyun-key-secret"


def play(fake, request, refuse):
    if not _signature_right(request):
        return 400, {}, json.dumps({"Code": "SignatureDoesNotMatch", "Message": "no"})
    if request.headers["x-acs-action"] == "QuerySendDetails":
        return 200, {}, json.dumps(_details(fake, request.query))
    if refuse is None:
        return None
    if refuse:
        words = f"{request.query['PhoneNumbers']} invalid"
        return 200, {}, json.dumps({"Code": refuse, "Message": words, "RequestId": "r"})
    query = request.query
    taken = Taken(query["OutId"], "aliyun", f"{uuid.uuid4().int % 10**18}^0", query["PhoneNumbers"], _text(query))
    fake.ledger.write(taken)
    return 200, {}, json.dumps({"Code": "OK", "Message": "OK", "BizId": taken.provider_id, "RequestId": "r"})


def _text(query):
    return f"{query['SignName']}|{query['TemplateCode']}|{query['TemplateParam']}"


def _signature_right(request) -> bool:
    """Step by step as the provider's page on its third signature tells it."""
    method, _space, rest = request.headers.get("authorization", "").partition(" ")
    if method != "ACS3-HMAC-SHA256":
        return False
    said = dict(part.split("=", 1) for part in rest.split(","))
    names = said["SignedHeaders"].split(";")
    if hashlib.sha256(request.body).hexdigest() != request.headers["x-acs-content-sha256"]:
        return False
    query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(request.query.items()))
    lines = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    canonical = "\n".join(
        [
            request.method,
            urlsplit(request.url).path,
            query,
            lines,
            ";".join(names),
            request.headers["x-acs-content-sha256"],
        ]
    )
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    return (
        said["Credential"] == KEY
        and said["Signature"] == hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    )


def _details(fake, query):
    """Of one number and one day (China's), by pages."""
    day, size, page = query["SendDate"], int(query["PageSize"]), int(query["CurrentPage"])
    rows = [
        {"OutId": one.ref, "SendStatus": 1, "PhoneNum": one.to}
        for one in fake.ledger.taken
        if one.to == query["PhoneNumber"] and time.strftime("%Y%m%d", time.gmtime(one.at + 8 * 3600)) == day
    ]
    listed = rows[(page - 1) * size : page * size]
    return {"Code": "OK", "TotalCount": str(len(rows)), "SmsSendDetailDTOs": {"SmsSendDetailDTO": listed}}
