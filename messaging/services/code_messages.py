"""Saying a one-time code to a phone, whoever's it is, so that no code lies about longer than it is needed.

Here it is written down, read, told of and cleared away; `code_sending` hands it to the carriers.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from common import clock, phones, shown
from common.sealing import CannotUnseal
from messaging import words
from messaging.channels import TRANSPORTS
from messaging.channels.base import Outcome, Receipt
from messaging.errors import CodesUnavailable
from messaging.message_kinds import spoken
from messaging.models import CodeMessage, DeliveryState, Medium, MessageChannel, Priority, Reason, SendingRule
from messaging.models.code_message import SHOWN_BY
from messaging.services import opting_out
from patients.models import Language

KEPT = dt.timedelta(days=30)
ENDED: dict[str, Any] = {"sealed": None, "token": None, "lease_until": None}
OPEN = (DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)


def say(
    *,
    phone: str,
    code: str,
    expires_at: dt.datetime,
    language: str,
    by_voice: bool = False,
    at: dt.datetime | None = None,
) -> CodeMessage:
    """Write down that this code is to be told to this phone, and wake the worker when the transaction is over.

    phone: E.164. by_voice: the person wants to be rung up; at any hour, as they ask for it themselves. The other medium
    is taken when the wanted one is not in use. Raises CodesUnavailable.
    """
    at = at or clock.now()
    channel = _first(channels_for(phone, by_voice=by_voice), at)
    tongue = language if language in Language.values else settings.LANGUAGE_CODE
    row = CodeMessage(address=phone, language=tongue, channel=channel, medium=channel.medium)
    row.at, row.expires_at = at, expires_at
    row.seal(code)
    row.save(force_insert=True)
    transaction.on_commit(wake)
    return row


def wake() -> None:
    """Have a worker look at once instead of at the next full minute. Losing this is harmless."""
    async_task("messaging.jobs.send_codes")


def channels_for(phone: str, *, by_voice: bool = False) -> list[MessageChannel]:
    """The channels that can tell a code to this phone, the wanted one first.

    The outbox only counts where nothing else is set up and nobody real could be impersonated: whoever may read it could
    sign in as anybody.
    """
    order = (Medium.VOICE, Medium.SMS) if by_voice else (Medium.SMS, Medium.VOICE)
    rows = MessageChannel.objects.filter(medium__in=order, is_active=True, kind__in=TRANSPORTS)
    real = rows.exclude(kind=SHOWN_BY)
    found = {one.medium: one for one in (real if settings.PRODUCTION or real else rows)}
    if not phones.takes_sms(phone):
        found.pop(Medium.SMS, None)
    return [found[medium] for medium in order if medium in found]


def _first(found: list[MessageChannel], at: dt.datetime) -> MessageChannel:
    """The first one, unless its carrier is known to be away and the other one will do."""
    if not found:
        raise CodesUnavailable
    others = [one for one in found[1:] if may_use_unasked(one, at)]
    return next((one for one in (found[0], *others) if not is_paused(one, at)), found[0])


def is_paused(channel: MessageChannel, at: dt.datetime) -> bool:
    """Is its carrier left alone for a while?"""
    return channel.paused_until is not None and channel.paused_until > at


def may_use_unasked(channel: MessageChannel, at: dt.datetime) -> bool:
    """Nobody who did not ask for a call is rung up outside the hours of reminders."""
    if channel.medium != Medium.VOICE:
        return True
    return SendingRule.objects.get(priority=Priority.REMINDER).opening(at) == at


def facts(row: CodeMessage, language: str, at: dt.datetime) -> dict[str, str]:
    """What its words name. Raises CannotUnseal."""
    code = row.unseal()
    with translation.override(language):
        hospital = shown.hospital()
    said = spoken(code, language) if row.medium == Medium.VOICE else code
    return {"hospital": hospital, "code": said, "minutes": str(row.minutes_left(at))}


def words_of(row: CodeMessage, at: dt.datetime) -> str:
    """As the person got them, while the code can be used; then a sentence in their place."""
    if row.sealed is None or row.template is None or row.expires_at <= at:
        return _("The code is over and is not shown any more.")
    try:
        return words.fill(row.template.text, facts(row, row.template.language, row.sent_at or row.at))
    except (CannotUnseal, words.BadSyntax, words.UnknownField):
        return _("The code is over and is not shown any more.")


def take_receipt(receipt: Receipt, channel: MessageChannel, at: dt.datetime) -> bool:
    """What the carrier tells afterwards, inside the caller's transaction. False: it is about no code of ours."""
    row = _meant(receipt, channel)
    if row is None:
        return False
    this = CodeMessage.objects.filter(pk=row.pk)
    if receipt.opted_out:
        opting_out.stop(row.medium, row.address, receipt.error, at)
    if receipt.outcome == Outcome.DELIVERED:
        this.exclude(state=DeliveryState.PENDING).update(state=DeliveryState.DELIVERED, reason="", error="", **ENDED)
    else:
        refused = Reason.WRONG_ADDRESS if receipt.wrong_address else Reason.REFUSED
        told = {"reason": refused, "error": receipt.error[:200]}
        this.filter(state__in=OPEN).update(state=DeliveryState.FAILED, **told, **ENDED)
    return True


def _meant(receipt: Receipt, channel: MessageChannel) -> CodeMessage | None:
    rows = CodeMessage.objects.filter(channel=channel)
    if receipt.ref is not None:
        return rows.filter(uuid=receipt.ref).first()
    return rows.filter(provider_id=receipt.provider_id).first() if receipt.provider_id else None


def clear(at: dt.datetime) -> None:
    """No code outlives its use: what is too late is not sent, and what a dead worker had is never sent again."""
    rows = CodeMessage.objects
    rows.too_late(at).update(state=DeliveryState.EXPIRED, reason=Reason.TOO_LATE, **ENDED)
    left = {"state": DeliveryState.UNKNOWN, "reason": Reason.NOT_ANSWERED_BY_CARRIER}
    rows.abandoned(at).update(**left, **ENDED)
    rows.over(at).update(sealed=None)


def forget(at: dt.datetime | None = None) -> int:
    """Remove what was said more than thirty days ago. Returns how many."""
    before = (at or clock.now()) - KEPT
    return CodeMessage.objects.filter(at__lt=before).delete()[0]
