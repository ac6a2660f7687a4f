"""Handing messages to the carriers: several at a time where that can be settled afterwards, else one by one."""

import logging
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from common import clock
from messaging.channels.base import Accepted, Outgoing, Transport, TransportError
from messaging.models import Medium, MessageChannel
from messaging.services import opting_out
from messaging.services.sending.claiming import goes_alone, mark_on_wire, release
from messaging.services.sending.deciding import Send
from messaging.services.sending.world import Carriers

log = logging.getLogger(__name__)


@dataclass
class Said:
    """What the carrier said to one message."""

    send: Send
    answer: Accepted | TransportError


def carry(sends: Sequence[Send], carriers: Carriers, until: float) -> Iterator[list[Said]]:
    """Send, and tell what was said as soon as it is known, to be written down at once.

    until: of `time.monotonic`; what goes out one by one and was not begun by then is left for the next turn. Those that
    are no longer ours are left out. Holds no transaction: this can take long.
    """
    for channel_pk, group in groupby(sorted(sends, key=_channel_of), key=_channel_of):
        of_channel = list(group)
        transport = open_account(of_channel[0].channel, carriers)
        if transport is None:
            yield [Said(send, TransportError("The account cannot be opened.", down=True)) for send in of_channel]
        elif goes_alone(transport):
            yield from _one_by_one(of_channel, transport, carriers, until)
        else:
            with ThreadPoolExecutor(min(transport.at_once, len(of_channel)), f"channel-{channel_pk}") as pool:
                ready = [(send, outgoing(send)) for send in of_channel]  # here: the threads have no database
                yield list(pool.map(lambda pair, using=transport: _one(*pair, using), ready))


def open_account(channel: MessageChannel, carriers: Carriers) -> Transport | None:
    """None when it cannot be opened; why stands in the log."""
    try:
        return carriers.transport(channel)
    except Exception:  # settings that cannot be read, or a key that was taken away: the other channels must go on
        log.exception("the account of the channel %s cannot be opened", channel.medium)
        return None


def _one_by_one(sends: Sequence[Send], transport: Transport, carriers: Carriers, until: float) -> Iterator[list[Said]]:
    for number, send in enumerate(sends):
        if time.monotonic() >= until:
            release(sends[number:])
            return
        if mark_on_wire(send, carriers, clock.now()):
            yield [_one(send, outgoing(send), transport)]


def _channel_of(send: Send) -> int:
    return send.channel.pk


def _one(send: Send, message: Outgoing, transport: Transport) -> Said:
    return Said(send, hand_over(message, transport))


def hand_over(message: Outgoing, transport: Transport) -> Accepted | TransportError:
    """What the carrier said."""
    try:
        return transport.send(message)
    except TransportError as error:
        return error
    except Exception:  # a fault in an adapter: whether it was sent is not known, and the others must go on
        log.exception("the carrier %s failed", transport.kind)
        return TransportError("The adapter failed.", unknown=True)


def outgoing(send: Send) -> Outgoing:
    """The message as the adapter needs it."""
    message = send.message
    return Outgoing(
        ref=message.uuid,
        medium=message.medium,
        to=message.address,
        text=message.text,
        subject=message.subject,
        language=send.delivery.patient.language,
        template=message.template.provider_code,
        facts=send.verdict.facts,
        choices=_choices(send),
        receipt_url=receipt_url(send.channel, str(message.uuid)),
        unsubscribe_url=opting_out.address(message) if message.medium == Medium.EMAIL else "",
        attachments=send.verdict.attachments,
    )


def _choices(send: Send) -> tuple[tuple[str, str], ...]:
    """In the patient's language, whatever the worker's is."""
    with translation.override(send.delivery.patient.language):
        return tuple((choice.digit, str(choice.label)) for choice in send.kind.choices)


def receipt_url(channel: MessageChannel, ref: str) -> str:
    """Where the carrier tells what became of the message."""
    return f"{settings.PUBLIC_URL}{reverse('messaging:receipt', args=[channel.uuid, ref])}"
