"""What Twilio's SMS and calls have in common: the account, the signature of its requests, its errors, its lists."""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.channels import http
from messaging.channels.base import Accepted, Incoming, NotFromCarrier, Option, Sent, Transport, TransportError

# Twilio's error dictionary, https://www.twilio.com/docs/api/errors
WRONG_ADDRESS = {
    "13223",  # dial: invalid phone number
    "13224",  # dial: number not in service
    "21211",  # invalid 'To' number
    "21214",  # 'To' number cannot be reached
    "21217",  # phone number does not appear to be valid
    "21614",  # 'To' is not a mobile number
    "21635",  # landline
    "30005",  # unknown destination handset
    "30006",  # landline or unreachable carrier
}
OPTED_OUT = {"21610"}  # replied STOP
TEMPORARY = {
    "20429",  # too many requests
    "21611",  # the sender's queue is full
    "30001",  # queue overflow
    "30022",  # rate of the sender exceeded
}
ACCOUNT = {
    "20003",  # authentication
    "20005",  # account not active
    "21210",  # sender of calls not verified
    "21212",  # invalid sender
    "21603",  # sender missing
    "21606",  # sender not ours
    "30002",  # account suspended
}
# 30003 (switched off), 30004 (blocked), 30007 (filtered), 30008 (unknown) and all others: this message failed for good

EARLIER = dt.timedelta(seconds=5)  # our clock may be ahead of Twilio's
LATER = dt.timedelta(seconds=60)  # a request may wait at Twilio's door so long
MOST_LISTED = 200  # rows of a page; Twilio gives up to 1000, about a kilobyte each


def account_options(base_url: str = "https://api.twilio.com") -> tuple[Option, ...]:
    """The settings of every Twilio account."""
    return (
        Option("account_sid", _("account SID"), help=_("Begins with AC.")),
        Option("auth_token", _("auth token"), secret=True, help=_("Also proves that receipts come from Twilio.")),
        Option("base_url", _("address of the interface"), default=base_url, required=False),
    )


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """X-Twilio-Signature: base64 of HMAC-SHA1 over the address and the sorted fields.

    Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security
    """
    text = url + "".join(key + form[key] for key in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def failure(code: str, words: str = "") -> dict[str, Any]:
    """Error and flags of a receipt."""
    return {
        "error": words or gettext("The carrier could not deliver it (%(code)s).") % {"code": code or "?"},
        "wrong_address": code in WRONG_ADDRESS,
        "opted_out": code in OPTED_OUT,
    }


def twiml(inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'


def xml(text: str) -> str:
    """Text for an element or an attribute; signs that XML cannot hold are left out."""
    return escape("".join(c for c in text if c >= " " or c in "\n\t"), {'"': "&quot;"})


class TwilioTransport(Transport):
    """One account. Subclasses say which resource it is and what is posted."""

    resource = ""  # Messages or Calls

    def post(self, form: dict[str, str]) -> Accepted:
        """201 with a sid: taken. Twilio has no idempotency key, so what is unclear is asked about by `find`."""
        answer = self._call("POST", data=form)
        if not answer.ok:
            raise refused(answer)
        sid = answer.json().get("sid")
        if not sid:
            raise http.unclear()
        return Accepted(provider_id=str(sid))

    def list_to(self, sent: Sent) -> list[dict[str, Any]]:
        """What we sent to this number around that time. Raises TransportError when the list does not reach so far.

        Filters by number only: by DateSent Twilio leaves out what still waits in its queue, and that would be sent a
        second time.
        """
        answer = self._call("GET", params={"To": sent.to, "PageSize": str(MOST_LISTED)})
        listed = answer.json().get(self.resource.lower())
        if not answer.ok or not isinstance(listed, list):
            raise cannot_tell()
        if len(listed) == MOST_LISTED and not any(_made(row) < sent.at - EARLIER for row in listed):
            raise cannot_tell()
        return [row for row in listed if _is_ours(row) and sent.at - EARLIER <= _made(row) <= sent.at + LATER]

    def _call(self, method: str, **request: Any) -> http.Answer:
        sid, token = self.settings["account_sid"], self.settings["auth_token"]
        url = f"{self.settings['base_url'].rstrip('/')}/2010-04-01/Accounts/{sid}/{self.resource}.json"
        return http.call(method, url, auth=(sid, token), **request)

    def check(self, incoming: Incoming) -> None:
        """Raises NotFromCarrier."""
        token = self.settings["auth_token"]
        right = signature(token, incoming.url, incoming.form)
        given = incoming.headers.get("x-twilio-signature", "")
        if not token or not hmac.compare_digest(right.encode(), given.encode()):
            raise NotFromCarrier


def refused(answer: http.Answer) -> TransportError:
    """By Twilio's own code where it gives one. Its words are left out: they repeat the number."""
    code = str(answer.json().get("code") or "")
    words = gettext("The carrier refused it (%(code)s).") % {"code": code or answer.status}
    if code in ACCOUNT:
        return http.account(code)
    if code in TEMPORARY or answer.status == 429:
        return TransportError(words, down=True, retry_after=http.retry_after(answer) or 30)
    if answer.status == 400 and code:
        return TransportError(words, permanent=True, wrong_address=code in WRONG_ADDRESS, opted_out=code in OPTED_OUT)
    return http.refusal(answer, code)


def cannot_tell() -> TransportError:
    return TransportError(gettext("The carrier cannot say whether it was sent."), unknown=True)


def _is_ours(row: Mapping[str, Any]) -> bool:
    return str(row.get("direction", "")).startswith("outbound-api")


def _made(row: Mapping[str, Any]) -> dt.datetime:
    """When Twilio wrote it down (RFC 2822, UTC)."""
    try:
        at = parsedate_to_datetime(row["date_created"])
    except (KeyError, TypeError, ValueError):
        raise cannot_tell() from None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
