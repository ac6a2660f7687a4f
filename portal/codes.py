"""Sending a one-time code to a phone: one's own, to sign in, or that of somebody who agrees by it."""

from django.db import transaction
from django.http import HttpRequest
from django.utils import translation

from accounts.services import one_time_codes
from messaging.services import code_messages


def send(request: HttpRequest, phone: str, *, by_voice: bool = False) -> str:
    """What its answer is checked against. Raises TooManyCodes, CodesUnavailable, Busy."""
    with transaction.atomic():  # a code that cannot be sent does not count
        issued = one_time_codes.issue(phone=phone, ip=request.META.get("REMOTE_ADDR"))
        code_messages.say(
            phone=phone, code=issued.code, expires_at=issued.expires_at, language=translation.get_language(),
            by_voice=by_voice,
        )  # fmt: skip
    return str(issued.ref)
