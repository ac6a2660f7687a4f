"""What a dead worker left on the wire, and what a carrier gave no clear answer to."""

import datetime as dt
import logging
import uuid

from django.db import transaction

from messaging.channels import TRANSPORTS
from messaging.channels.base import Accepted, Sent, Settles, TransportError
from messaging.models import Delivery, Message, MessageState, Priority
from messaging.services.sending import recording
from messaging.services.sending.claiming import AT_ONCE, LEASE
from messaging.services.sending.world import Carriers

log = logging.getLogger(__name__)
ASK_AGAIN = dt.timedelta(minutes=1)


def settle(carriers: Carriers, at: dt.datetime) -> int:
    """Find out what became of each, by the way that its carrier declares. Returns how many were looked at."""
    found = _claim(at)
    for delivery, message in found:
        _settle(delivery, message, carriers, at)
    return len(found)


@transaction.atomic
def _claim(at: dt.datetime) -> list[tuple[Delivery, Message | None]]:
    """Under a new lease, so that of two workers one asks."""
    rows = list(Delivery.objects.abandoned(at).order_by("lease_until").select_for_update(skip_locked=True)[:AT_ONCE])
    pks = [row.pk for row in rows]
    Delivery.objects.filter(pk__in=pks).update(token=uuid.uuid4(), lease_until=at + LEASE)
    return [(row, _message_of(row)) for row in rows]


def _message_of(delivery: Delivery) -> Message | None:
    tries = delivery.messages.filter(medium=delivery.medium, state=MessageState.SENDING)
    return tries.select_related("channel", "contact_point").first()


def _settle(delivery: Delivery, message: Message | None, carriers: Carriers, at: dt.datetime) -> None:
    if message is None or delivery.on_wire_at is None:
        recording.send_again(delivery, at)  # it never left the house
        return
    transport = TRANSPORTS.get(message.carrier)
    same_account = transport is not None and message.channel.kind == message.carrier
    way = transport.settles if same_account else Settles.NEVER  # another carrier by now: nobody to ask
    if way == Settles.KEY and at - message.at < dt.timedelta(minutes=transport.key_minutes):
        recording.send_again(delivery, at)
    elif way == Settles.ASK:
        _ask(delivery, message, carriers, at)
    else:
        recording.give_up(delivery, message, at)


def _ask(delivery: Delivery, message: Message, carriers: Carriers, at: dt.datetime) -> None:
    sent = Sent(message.uuid, message.medium, message.address, delivery.on_wire_at, message.provider_id, message.text)
    try:
        transport = carriers.transport(message.channel)
        answer = transport.find(sent)
    except TransportError:
        _wait_or_give_up(delivery, message, carriers, at)
        return
    except Exception:  # a fault in an adapter must not keep the others from being settled
        log.exception("the carrier %s cannot be asked", message.carrier)
        _wait_or_give_up(delivery, message, carriers, at)
        return
    if isinstance(answer, Accepted):
        recording.accept_late(delivery, message, answer, at)
    elif at - delivery.on_wire_at < dt.timedelta(seconds=transport.index_seconds):
        recording.ask_again(delivery, at, ASK_AGAIN)
    else:
        recording.send_again(delivery, at)


def _wait_or_give_up(delivery: Delivery, message: Message, carriers: Carriers, at: dt.datetime) -> None:
    """Ask once more, until it would be too late; of a stopped clinic only until the next medium should tell."""
    patience = dt.timedelta(minutes=carriers.rules[delivery.priority].patience_minutes)
    is_urgent = delivery.priority == Priority.STOPPAGE and at - delivery.on_wire_at >= patience
    if is_urgent or at >= delivery.expires_at:
        recording.give_up(delivery, message, at)
    else:
        recording.ask_again(delivery, at, ASK_AGAIN)
