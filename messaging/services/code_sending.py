"""Handing codes to the carriers: each is tried once, and when it was clearly refused once more by the other medium.

A code that may have gone out is never sent again: whoever gets none asks for a new one, which ends the old one.
"""

import datetime as dt
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from common import clock
from common.sealing import CannotUnseal
from messaging import words
from messaging.channels import TRANSPORTS
from messaging.channels.base import Accepted, Outgoing, Transport, TransportError
from messaging.message_kinds import CODE
from messaging.models import CodeMessage, DeliveryState, Medium, MessageChannel, Reason
from messaging.models.code_message import SHOWN_BY
from messaging.services import code_messages, opting_out, texts
from messaging.services.code_messages import ENDED
from messaging.services.sending import carrying, recording
from messaging.services.sending.claiming import goes_alone
from messaging.services.sending.world import Carriers

SECONDS = 20.0  # in which a run begins new turns; a turn lasts 20 s at most, and the queue ends a task after 60 s
LEASE = dt.timedelta(minutes=1)  # above all that a turn can last
AT_ONCE = 10  # codes of one channel in a turn
MEDIA = (Medium.SMS, Medium.VOICE)


@dataclass
class Claimed:
    """A code that is ours to send, as the carrier needs it; or why it cannot be said at all."""

    row: CodeMessage
    token: uuid.UUID
    message: Outgoing | None
    fault: str = ""


def drain(*, seconds: float = SECONDS) -> bool:
    """Send what is due until nothing is or the time is over. True: there is more to do.

    May run in any number of processes at once, and be killed at any moment.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not turn():
            return False
    return True


def turn() -> int:
    """Some of each channel. Returns how many."""
    code_messages.clear(clock.now())
    carriers = Carriers()
    return sum(_by(carriers.channels[medium], carriers) for medium in MEDIA)


def _by(channel: MessageChannel, carriers: Carriers) -> int:
    at = clock.now()
    if code_messages.is_paused(channel, at):
        return 0
    transport = carrying.open_account(channel, carriers) if _is_in_use(channel) else None
    claimed = list(_claim(channel, transport, carriers, at))
    for one, answer in _carry(claimed, transport):
        _record(one, channel, answer, clock.now())
    return len(claimed)


def _is_in_use(channel: MessageChannel) -> bool:
    return channel.is_active and channel.kind in TRANSPORTS


def _claim(
    channel: MessageChannel, transport: Transport | None, carriers: Carriers, at: dt.datetime
) -> Iterator[Claimed]:
    """The oldest first. Each is taken by a statement that changes one row or none, so that nobody else has it."""
    most = 1 if transport and goes_alone(transport) else min(transport.at_once if transport else AT_ONCE, AT_ONCE)
    rows = CodeMessage.objects.due(at).filter(channel=channel).order_by("at", "pk")
    for row in rows[:most]:
        said, values = _write(row, channel, carriers, at)
        lease = {"token": uuid.uuid4(), "lease_until": at + LEASE}
        if rows.filter(pk=row.pk).update(state=DeliveryState.SENDING, sent_at=at, **lease, **values):
            yield Claimed(row, lease["token"], *said)


def _write(
    row: CodeMessage, channel: MessageChannel, carriers: Carriers, at: dt.datetime
) -> tuple[tuple[Outgoing | None, str], dict]:
    """(the message, or why there is none) and what the row keeps of it, which are not the words."""
    values = {"carrier": channel.kind}
    template = carriers.words.find(CODE, row.language, row.medium)
    if not _is_in_use(channel) or template is None:
        return (None, Reason.NO_TEXT if template is None else Reason.CHANNEL_OFF), values
    try:
        known = code_messages.facts(row, template.language, at)
        said = texts.write(template, row.medium, known)
    except (CannotUnseal, words.BadSyntax, words.UnknownField):
        return (None, Reason.BAD_TEXT), values
    message = Outgoing(
        ref=row.uuid, medium=row.medium, to=row.address, text=said.text, subject=said.subject,
        language=template.language, template=template.provider_code, facts=known,
        receipt_url=carrying.receipt_url(channel, str(row.uuid)),
    )  # fmt: skip
    cost = {"parts": said.parts, "cost_amount": channel.price_amount * said.parts}
    return (message, ""), {**values, **cost, "template": template}


def _carry(
    claimed: Sequence[Claimed], transport: Transport | None
) -> Iterator[tuple[Claimed, Accepted | TransportError]]:
    """What was said to each. The threads have no database."""
    faulty = [one for one in claimed if one.message is None or transport is None]
    yield from ((one, TransportError(_why(one), down=not one.fault)) for one in faulty)
    ready = [one for one in claimed if one not in faulty]
    if ready:
        with ThreadPoolExecutor(len(ready), "codes") as pool:
            answers = list(pool.map(lambda one: carrying.hand_over(one.message, transport), ready))
        yield from zip(ready, answers, strict=True)


def _why(one: Claimed) -> str:
    return str(Reason(one.fault).label) if one.fault else "The account cannot be opened."


def _record(one: Claimed, channel: MessageChannel, answer: Accepted | TransportError, at: dt.datetime) -> None:
    """Only while it is still ours: a receipt may have come first."""
    mine = CodeMessage.objects.filter(pk=one.row.pk, state=DeliveryState.SENDING, token=one.token)
    if isinstance(answer, Accepted):
        _accept(mine, channel, answer)
    elif answer.unknown:
        why = {"reason": Reason.NOT_ANSWERED_BY_CARRIER, "error": answer.message}
        mine.update(state=DeliveryState.UNKNOWN, **why, **ENDED)
    else:
        _refuse(one, mine, channel, answer, at)


def _accept(mine: QuerySet[CodeMessage], channel: MessageChannel, answer: Accepted) -> None:
    recording.answers_again([channel])
    kept = {name: value for name, value in ENDED.items() if name != "sealed" or channel.kind != SHOWN_BY}
    state = DeliveryState.DELIVERED if answer.delivered else DeliveryState.ACCEPTED
    mine.update(state=state, provider_id=answer.provider_id[:120], **kept)


@transaction.atomic
def _refuse(
    one: Claimed, mine: QuerySet[CodeMessage], channel: MessageChannel, error: TransportError, at: dt.datetime
) -> None:
    """It was certainly not taken: at once by the other medium, unless that is where it comes from."""
    if error.down:
        recording.pause(channel, error, at)
    if error.opted_out:
        opting_out.stop(one.row.medium, one.row.address, error.message, at)
    reason = one.fault or (Reason.WRONG_ADDRESS if error.wrong_address else Reason.REFUSED)
    if mine.update(state=DeliveryState.FAILED, reason=reason, error=error.message, **ENDED):
        _by_the_other(one.row, at)


def _by_the_other(row: CodeMessage, at: dt.datetime) -> None:
    others = [one for one in code_messages.channels_for(row.address) if one.medium != row.medium]
    if row.after_id or at >= row.expires_at or not others or not code_messages.may_use_unasked(others[0], at):
        return
    then = CodeMessage(
        address=row.address, medium=others[0].medium, language=row.language, channel=others[0], at=at,
        expires_at=row.expires_at, after=row,
    )  # fmt: skip
    try:
        then.seal(row.unseal())
    except CannotUnseal:  # its key was taken away meanwhile: nobody can say it
        return
    then.save(force_insert=True)
