"""The web interfaces of e-mail services, as far as a message goes out by them."""

import json
import uuid

from messaging.tests.fakes.script import Taken

KEY = "mail-api-key"


def play(fake, request, refuse):
    """Below /mail/<service>/. What came in is kept in `fake.requests`."""
    service = request.path.split("/")[1]
    if refuse is None:
        return None
    if KEY not in str(request.headers) and "Basic" not in request.headers.get("authorization", ""):
        return 401, {}, "{}"
    if refuse:
        words = "Invalid 'To' address: 'ana@example.org'."  # as Postmark says it; must not reach our logs
        return int(refuse), {}, json.dumps({"message": words, "ErrorCode": 300, "Message": words})
    number = uuid.uuid4().hex
    fake.ledger.write(Taken(number, service, number, "", request.body.decode(errors="replace")))
    return 200, {}, json.dumps(_answer(service, number))


def _answer(service, number):
    if service == "mailgun":
        return {"id": f"<{number}@mg.example.org>", "message": "Queued. Thank you."}
    if service == "postmark":
        return {"ErrorCode": 0, "Message": "OK", "MessageID": number, "To": "ana@example.org"}
    if service == "brevo":
        return {"messageId": f"<{number}@brevo.example.org>"}
    return {"id": number}
