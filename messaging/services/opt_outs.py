"""Opt-outs that people say by phone or at the counter, and that are taken back."""

import datetime as dt

from django.db import IntegrityError, transaction

from accounts.models import User
from common import clock
from common.errors import ReasonRequired
from messaging.errors import OptedOutAlready, TakenBackAlready
from messaging.models import Medium, OptOut
from messaging.models.channel import REACHED_AT
from patients.services import contacts


def record(*, medium: str, address: str, said: str, by: User, at: dt.datetime | None = None) -> OptOut:
    """Nothing but what the person must know goes to this address by this medium any more.

    Raises PhoneInvalid, EmailInvalid, OptedOutAlready.
    """
    stored = contacts.stored_form(REACHED_AT[Medium(medium)], address)
    try:
        with transaction.atomic():
            return OptOut.objects.create(medium=medium, address=stored, said=said[:200], at=at or clock.now(), by=by)
    except IntegrityError as error:
        raise OptedOutAlready(field="address") from error


def take_back(opt_out: OptOut, *, reason: str, by: User, at: dt.datetime | None = None) -> None:
    """The person wants messages there again. Raises ReasonRequired, TakenBackAlready."""
    if not reason.strip():
        raise ReasonRequired(field="reason")
    live = OptOut.objects.live().filter(pk=opt_out.pk)
    if not live.update(ended_at=at or clock.now(), ended_by=by, ended_reason=reason.strip()[:200]):
        raise TakenBackAlready
