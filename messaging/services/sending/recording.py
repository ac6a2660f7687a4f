"""Writing down what the carriers said. Only the worker that still has the row writes: a late one writes nothing."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Case, CharField, DateTimeField, F, Value, When
from django.db.models.functions import Coalesce

from accounts.services.actors import system_user
from messaging.channels import TRANSPORTS
from messaging.channels.base import Accepted, Settles, TransportError
from messaging.models import Delivery, DeliveryState, Message, MessageChannel, MessageState, Priority, Reason
from messaging.services import opting_out
from messaging.services.sending.carrying import Said
from messaging.services.sending.deciding import Send
from patients.services import contacts

MOST_TRIES = 8  # of one medium, before it counts as refused
BACKOFF = (30, 60, 120, 300, 600, 900, 1800)  # seconds until the next try; a fifth more or less, so that not all come
PAUSE = dt.timedelta(seconds=60)  # a carrier that is down is asked again after this
NO_LEASE = {"token": None, "lease_until": None}


@transaction.atomic
def record(said: Sequence[Said], at: dt.datetime) -> None:
    """Write what was said to some messages."""
    ours = _still_ours(said)
    said = [one for one in said if one.send.delivery.pk in ours]
    _accept([one for one in said if isinstance(one.answer, Accepted)], at)
    for one in said:
        if isinstance(one.answer, TransportError):
            _fail(one.send, one.answer, at)


def _still_ours(said: Sequence[Said]) -> set[int]:
    tokens = {one.send.delivery.token for one in said}
    pks = [one.send.delivery.pk for one in said]
    rows = Delivery.objects.filter(pk__in=pks, state=DeliveryState.SENDING, token__in=tokens)
    return set(rows.select_for_update().values_list("pk", flat=True))


def _accept(said: Sequence[Said], at: dt.datetime) -> None:
    answers_again([one.send.channel for one in said])
    groups: dict[bool, list[Said]] = defaultdict(list)
    for one in said:
        groups[one.answer.delivered].append(one)
    for has_arrived, rows in groups.items():
        numbers = [When(pk=one.send.message.pk, then=Value(one.answer.provider_id[:120])) for one in rows]
        messages = Message.objects.filter(pk__in=[one.send.message.pk for one in rows], state=MessageState.SENDING)
        messages.update(
            state=MessageState.DELIVERED if has_arrived else MessageState.ACCEPTED,
            provider_id=Case(*numbers, output_field=CharField()),
        )
        Delivery.objects.filter(pk__in=[one.send.delivery.pk for one in rows]).update(
            state=DeliveryState.DELIVERED if has_arrived else DeliveryState.ACCEPTED,
            delivered_at=at if has_arrived else None,
            sent_at=at, changed_at=at, reason="", waits_since=None, **NO_LEASE,
        )  # fmt: skip


def answers_again(channels: Sequence[MessageChannel]) -> None:
    """A carrier that took something is not down any more."""
    back = {channel.pk for channel in channels if channel.down_since}
    if back:
        rows = MessageChannel.objects.filter(pk__in=back)
        rows.update(down_since=None, paused_until=None, pause_reason="")


def _fail(send: Send, error: TransportError, at: dt.datetime) -> None:
    if error.down:
        pause(send.channel, error, at)
    is_last = send.message.tries + 1 >= MOST_TRIES and not _is_known_down(send, error)
    if error.unknown:
        _leave_unsettled(send, error, at, is_last=is_last)
    elif error.permanent or is_last:
        refuse(send.delivery, send.message, error, at)
    else:
        _try_later(send, error, at)


def refuse(delivery: Delivery, message: Message, error: TransportError, at: dt.datetime) -> None:
    """This medium will not carry it: at once the next one."""
    reason = Reason.WRONG_ADDRESS if error.wrong_address else Reason.OPTED_OUT if error.opted_out else Reason.REFUSED
    Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED, reason=reason, error=error.message)
    if error.wrong_address:
        contacts.mark_failed(contact_point=message.contact_point, by=system_user(), reason=error.message, at=at)
    if error.opted_out:
        note_opt_out(message, error.message, at)
    _again(delivery, at, reason, at)


def note_opt_out(message: Message, said: str, at: dt.datetime) -> None:
    """The carrier knows that whoever is at this address said stop."""
    opting_out.stop(message.medium, message.address, said, at)


def _again(delivery: Delivery, due: dt.datetime, reason: str, at: dt.datetime) -> None:
    """Decide it anew at `due`."""
    due = min(due, delivery.expires_at - dt.timedelta(seconds=1))  # then it is found to be too late, and says so
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.PENDING, due_at=due, reason=reason, on_wire_at=None, changed_at=at, **NO_LEASE
    )


def _is_known_down(send: Send, error: TransportError) -> bool:
    """The carrier did not answer before either: that is no fault of this message, which only asked whether it does."""
    return error.down and send.channel.down_since is not None


def _try_later(send: Send, error: TransportError, at: dt.datetime) -> None:
    uncounted = 1 if _is_known_down(send, error) and send.message.tries else 0
    rows = Message.objects.filter(pk=send.message.pk)
    rows.update(state=MessageState.WAITING, error=error.message, tries=F("tries") - uncounted)
    _again(send.delivery, _next_try(send, error, at), Reason.CARRIER_DOWN, at)
    Delivery.objects.filter(pk=send.delivery.pk, waits_since=None).update(waits_since=at)


def _next_try(send: Send, error: TransportError, at: dt.datetime) -> dt.datetime:
    """When the carrier is down with all the others, so that then the urgent go first; else later each time."""
    if error.down:
        return _paused_until(error, at)
    seconds = BACKOFF[min(send.message.tries, len(BACKOFF) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311
    return at + dt.timedelta(seconds=max(seconds, error.retry_after or 0))


def _paused_until(error: TransportError, at: dt.datetime) -> dt.datetime:
    return at + max(PAUSE, dt.timedelta(seconds=error.retry_after or 0))


def pause(channel: MessageChannel, error: TransportError, at: dt.datetime) -> None:
    """The whole channel waits: thousands of messages do not knock one by one."""
    until = _paused_until(error, at)
    rows = MessageChannel.objects.filter(pk=channel.pk)
    rows.update(
        paused_until=until, pause_reason=error.message, down_since=Coalesce("down_since", Value(at, DateTimeField()))
    )


def _leave_unsettled(send: Send, error: TransportError, at: dt.datetime, *, is_last: bool) -> None:
    """It may have been taken: settle it when the carrier can tell, or at once when it never will."""
    transport = TRANSPORTS[send.channel.kind]
    Message.objects.filter(pk=send.message.pk).update(error=error.message)
    if transport.settles == Settles.NEVER or is_last:
        give_up(send.delivery, send.message, at)
        return
    again = BACKOFF[min(send.message.tries, len(BACKOFF) - 1)]
    wait = dt.timedelta(seconds=transport.index_seconds if transport.settles == Settles.ASK else again)
    rows = Delivery.objects.filter(pk=send.delivery.pk)
    rows.update(lease_until=at + wait)
    rows.filter(waits_since=None).update(waits_since=at)


def give_up(delivery: Delivery, message: Message, at: dt.datetime) -> None:
    """Nobody can say whether it was sent, so it is not sent again. Of a stopped clinic the person hears by the next
    medium all the same: twice is better there than not at all."""
    why = Reason.NOT_ANSWERED_BY_CARRIER
    Message.objects.filter(pk=message.pk).update(state=MessageState.UNKNOWN, reason=why)
    if delivery.priority == Priority.STOPPAGE and delivery.media_in_order[-1] != message.medium:
        _again(delivery, at, why, at)
        return
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.UNKNOWN, reason=why, changed_at=at, sent_at=at, **NO_LEASE
    )


def accept_late(delivery: Delivery, message: Message, answer: Accepted, at: dt.datetime) -> None:
    """The carrier, asked afterwards, has it."""
    Message.objects.filter(pk=message.pk, state=MessageState.SENDING).update(
        state=MessageState.ACCEPTED, provider_id=answer.provider_id[:120]
    )
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.ACCEPTED, sent_at=at, changed_at=at, reason="", waits_since=None, **NO_LEASE
    )


def send_again(delivery: Delivery, at: dt.datetime) -> None:
    """It was certainly not taken, or the carrier keeps our number: decide it anew, under the same number."""
    _again(delivery, at, "", at)


def ask_again(delivery: Delivery, at: dt.datetime, wait: dt.timedelta) -> None:
    """The carrier cannot tell yet."""
    Delivery.objects.filter(pk=delivery.pk).update(lease_until=at + wait)
