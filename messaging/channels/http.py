"""How every carrier with a web interface is called: time limits, what a lost answer means, and what staff may read.

No message here holds what was sent, where to, or what the carrier wrote: only which carrier's code it was.
"""

import datetime as dt
import io
import json
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import urllib3
from django.utils.translation import gettext as _
from requests import adapters, exceptions

from common import clock
from messaging.channels.base import TransportError

CONNECT_SECONDS, READ_SECONDS = 3, 10
MOST_BYTES = 1024 * 1024  # of an answer
LONGEST_WAIT = 24 * 60 * 60  # seconds; what a carrier may ask for at most
ACCOUNT_WAIT = 300  # seconds until an account that the carrier does not let in is tried again


class _Patient(adapters.HTTPAdapter):
    """Our time limits on every request, whatever a library asks for; and no answer without end."""

    def send(self, request, **options):
        """Raises requests' exceptions."""
        response = super().send(request, **options | {"stream": True, "timeout": (CONNECT_SECONDS, READ_SECONDS)})
        try:
            body = response.raw.read(MOST_BYTES + 1, decode_content=True)
        except urllib3.exceptions.HTTPError as error:
            raise exceptions.ConnectionError("The answer broke off.") from error
        finally:
            response.raw.close()
        if len(body) > MOST_BYTES:
            raise exceptions.ContentDecodingError("The answer is too long.")
        response.raw = io.BytesIO(body)
        return response


class Session(requests.Session):
    """A session that follows no redirects, and takes no passwords from a .netrc of the machine."""

    def __init__(self) -> None:
        super().__init__()
        self.auth = lambda request: request
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Patient())

    def request(self, method, url, **options):
        """Raises requests' exceptions."""
        return super().request(method, url, **options | {"allow_redirects": False})


@dataclass(frozen=True)
class Answer:
    """What the carrier answered. Names of headers are read in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """The object in the body; empty when it is none."""
        try:
            told = json.loads(self.body)
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}


def call(method: str, url: str, **request: Any) -> Answer:
    """One request, sent once. Raises TransportError when there is no answer: `unknown` when it may have arrived."""
    with Session() as session:
        try:
            response = session.request(method, url, **request)
        except exceptions.RequestException as error:
            raise lost(error) from None  # the cause would name the address, and with it keys or numbers
        except UnicodeError:  # a key or address with signs that no request can carry
            raise account("settings") from None
    return Answer(response.status_code, response.headers, response.content)


def lost(error: exceptions.RequestException) -> TransportError:
    """There is no answer. Only what certainly happened before anything was sent may be sent again."""
    if _before_sending(error):
        return TransportError(_("The carrier cannot be reached."), down=True)
    return TransportError(_("The carrier gave no clear answer."), unknown=True)


def _before_sending(error: exceptions.RequestException) -> bool:
    """A TLS error counts only when it is the certificate: others also come while the answer is read."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, exceptions.SSLError):
        return bool(reason and reason.args) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    never_left = exceptions.ConnectTimeout | exceptions.ProxyError | ValueError  # ValueError: an address that is none
    return isinstance(error, never_left) or isinstance(reason, urllib3.exceptions.NewConnectionError)


def refusal(answer: Answer, code: str = "", *, not_taken: Collection[int] = (503,)) -> TransportError:
    """What a status that is not 2xx means, when the carrier's own code says no more.

    not_taken: statuses of 500 and more after which this carrier certainly did not take it. 502 and 504 come from a
    gateway in front of it, which cannot know.
    """
    words = _("The carrier refused it (%(code)s).") % {"code": code or answer.status}
    if answer.status in (408, 425):  # it did not wait for all of the request; it does not want it so early
        return TransportError(words, retry_after=retry_after(answer))
    if answer.status == 429:
        return TransportError(words, down=True, retry_after=retry_after(answer))
    if answer.status >= 500:
        taken = answer.status not in not_taken
        return TransportError(words, unknown=taken, down=not taken, retry_after=retry_after(answer))
    if answer.status in (401, 402, 403, 404, 405) or answer.status < 400:
        return account(code or str(answer.status))
    return TransportError(words, permanent=True)


def account(code: str) -> TransportError:
    """Not this message but the account is refused (keys, money, address): the channel waits until staff see to it."""
    words = _("The carrier does not accept the account (%(code)s).") % {"code": code}
    return TransportError(words, down=True, retry_after=ACCOUNT_WAIT)


def unclear() -> TransportError:
    """2xx, but the body is not what this carrier says when it has taken something."""
    return TransportError(_("The carrier gave no clear answer."), unknown=True)


def retry_after(answer: Answer) -> float | None:
    """Seconds of the Retry-After header, which holds seconds or a date (RFC 9110, 10.2.3)."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(min(int(value), LONGEST_WAIT))
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    return min(max((at - clock.now()).total_seconds(), 0.0), LONGEST_WAIT)
