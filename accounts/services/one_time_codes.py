"""One-time codes: who can repeat what was said to a phone has that phone. Who the person is, floors above know.

How many are asked for is counted in the table, so the limits hold for all processes together.
"""

import datetime as dt
import hmac
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import F, QuerySet

from accounts.errors import CodeOver, CodeWrong, TooManyCodes
from accounts.models import OneTimeCode
from accounts.models.access import Action
from accounts.models.one_time_code import MOST_TRIES
from accounts.services import access
from common import clock, phones, sealing
from common.errors import Busy
from common.turns import take_turn

log = logging.getLogger(__name__)

DIGITS = 6
LIFE = dt.timedelta(minutes=10)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
PER_PHONE = ((5, HOUR), (10, DAY))
KEPT = dt.timedelta(days=30)
PURPOSE = "accounts.one_time_code"


@dataclass(frozen=True)
class Issued:
    """A new code, to be said to the phone and then forgotten. ref: what the answer is checked against."""

    ref: UUID
    code: str = field(repr=False)  # no traceback and no log shows it
    phone: str = field(repr=False)
    expires_at: dt.datetime


def issue(*, phone: str, ip: str | None, at: dt.datetime | None = None) -> Issued:
    """A new code for this phone, which ends the one before. Sends nothing.

    phone: E.164, as `common.phones.normalise` gives it. ip: of the client, None when it is not known. Runs in the
    caller's transaction, so that it is not there when it could not be said. Raises TooManyCodes, Busy.
    """
    at = at or clock.now()
    _refuse_too_many(phone, ip, at)  # a flood is turned away before it stands in line
    with _busy_is_told(), transaction.atomic():
        take_turn(PURPOSE)
        _refuse_too_many(phone, ip, at)
        return _write(phone, ip, at)


def check(*, ref: UUID, code: str, at: dt.datetime | None = None) -> str:
    """The phone that is proved by this answer, once. Spaces, dashes and full-width digits do not matter.

    Never inside a transaction: a wrong try must stay counted whatever the caller does next (RuntimeError otherwise).
    Raises CodeWrong, CodeOver, Busy.
    """
    with _busy_is_told():
        row, is_right = _try(ref, phones.digits(code), at or clock.now())
    if row is not None and is_right:
        return row.phone
    if row is None or row.tries >= MOST_TRIES:
        raise CodeOver
    raise CodeWrong(left=MOST_TRIES - row.tries)


def forget(at: dt.datetime | None = None) -> int:
    """Remove what was asked for more than thirty days ago. Returns how many."""
    before = (at or clock.now()) - KEPT
    return OneTimeCode.objects.filter(asked_at__lt=before).delete()[0]


@contextmanager
def _busy_is_told() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:  # waited for others for too long
        raise Busy from error


def _refuse_too_many(phone: str, ip: str | None, at: dt.datetime) -> None:
    waits = [wait for wait in _waits(phone, ip, at) if wait]
    if waits:
        raise TooManyCodes(minutes=-(-max(waits) // dt.timedelta(minutes=1)))


def _waits(phone: str, ip: str | None, at: dt.datetime) -> Iterator[dt.timedelta]:
    """For each limit how long until it allows another one; nothing when it does now."""
    rows = OneTimeCode.objects.order_by("-asked_at")
    for most, window in PER_PHONE:
        yield _wait(rows.filter(phone=phone), most, window, at)
    if ip is not None:
        yield _wait(rows.filter(ip=ip), settings.CODES_PER_ADDRESS, HOUR, at)
    in_all = _wait(rows, settings.CODES_PER_HOUR, HOUR, at)
    if in_all:
        log.warning("one-time codes: CODES_PER_HOUR (%s) is used up, nobody gets one", settings.CODES_PER_HOUR)
    yield in_all


def _wait(rows: QuerySet[OneTimeCode], most: int, window: dt.timedelta, at: dt.datetime) -> dt.timedelta:
    """Until the oldest of the last `most` has left the window. A limit of 0 allows nothing."""
    if most < 1:
        return window
    lately = rows.filter(asked_at__gt=at - window).values_list("asked_at", flat=True)
    oldest = next(iter(lately[most - 1 : most]), None)
    return oldest + window - at if oldest else dt.timedelta(0)


def _write(phone: str, ip: str | None, at: dt.datetime) -> Issued:
    OneTimeCode.objects.filter(phone=phone, used_at=None, ended_at=None).update(ended_at=at)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    row = OneTimeCode(phone=phone, ip=ip, asked_at=at, expires_at=at + LIFE)
    row.digest = sealing.digest(_bound(row.uuid, code), purpose=PURPOSE)
    row.save(force_insert=True)
    return Issued(row.uuid, code, phone, row.expires_at)


def _bound(ref: UUID, digits: str) -> str:
    """The code together with its own number, so that two equal codes look different."""
    return f"{ref}:{digits}"


@transaction.atomic(durable=True)
def _try(ref: UUID, digits: str, at: dt.datetime) -> tuple[OneTimeCode | None, bool]:
    """The code after this answer, and whether it was right; no code when there is none to answer.

    Counted before it is compared, in a statement that changes one row or none: guesses at the same moment are counted
    one after the other, and the sixth finds nothing.
    """
    this = OneTimeCode.objects.filter(uuid=ref)
    if not this.open(at).update(tries=F("tries") + 1):
        return None, False
    row = this.get()
    if _is_right(row, digits):
        return row, bool(this.filter(used_at=None, ended_at=None).update(used_at=at))
    if row.tries >= MOST_TRIES:
        this.update(ended_at=at)
        access.record(Action.FAILED_CHECK, by=None, kind="accounts.onetimecode", subject=ref, detail=f"{row.tries} ×")
    return row, False


def _is_right(row: OneTimeCode, digits: str) -> bool:
    """By any of the keys: the first may have changed since it was asked for."""
    known = sealing.digests(_bound(row.uuid, digits), purpose=PURPOSE)
    return any(hmac.compare_digest(row.digest, one) for one in known)
