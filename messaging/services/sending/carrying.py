"""Handing messages to the carriers: several at a time where that can be settled afterwards, else one by one."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.urls import reverse

from common import clock
from messaging.channels.base import Accepted, Outgoing, Settles, Transport, TransportError
from messaging.models import Medium, MessageChannel
from messaging.services import opting_out
from messaging.services.sending.claiming import mark_on_wire
from messaging.services.sending.deciding import Send
from messaging.services.sending.world import Carriers

log = logging.getLogger(__name__)


@dataclass
class Said:
    """What the carrier said to one message."""

    send: Send
    answer: Accepted | TransportError


def carry(sends: Sequence[Send], carriers: Carriers) -> Iterator[Said]:
    """Send all; those that are no longer ours are left out. Holds no transaction: this can take long."""
    for channel_pk, group in groupby(sorted(sends, key=_channel_of), key=_channel_of):
        of_channel = list(group)
        transport = carriers.transport(of_channel[0].channel)
        if transport.settles == Settles.NEVER:
            yield from (_one(send, transport) for send in of_channel if mark_on_wire(send, clock.now()))
        elif len(of_channel) == 1 or transport.at_once == 1:
            yield from (_one(send, transport) for send in of_channel)
        else:
            with ThreadPoolExecutor(min(transport.at_once, len(of_channel)), f"channel-{channel_pk}") as pool:
                yield from pool.map(lambda send, using=transport: _one(send, using), of_channel)


def _channel_of(send: Send) -> int:
    return send.channel.pk


def _one(send: Send, transport: Transport) -> Said:
    try:
        return Said(send, transport.send(outgoing(send)))
    except TransportError as error:
        return Said(send, error)
    except Exception:  # a fault in an adapter: whether it was sent is not known, and the others must go on
        log.exception("the carrier %s failed", transport.kind)
        return Said(send, TransportError("The adapter failed.", unknown=True))


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
        choices=tuple((choice.digit, str(choice.label)) for choice in send.kind.choices),
        receipt_url=receipt_url(send.channel, str(message.uuid)),
        unsubscribe_url=opting_out.address(message) if message.medium == Medium.EMAIL else "",
        attachments=send.verdict.attachments,
    )


def receipt_url(channel: MessageChannel, ref: str) -> str:
    """Where the carrier tells what became of the message."""
    return f"{settings.PUBLIC_URL}{reverse('messaging:receipt', args=[channel.uuid, ref])}"
