"""What carriers tell afterwards. Receipts come twice, out of order, a day late: states only move forward."""

import datetime as dt
from uuid import UUID

from django.db.models import Exists, OuterRef

from accounts.services.actors import system_user
from messaging.channels.base import Outcome, Receipt, TransportError
from messaging.models import Delivery, DeliveryState, Message, MessageChannel, MessageState, Reason
from messaging.services import code_messages
from messaging.services.sending import recording
from patients.services import contacts

WEEK = dt.timedelta(days=7)
OPEN = (MessageState.SENDING, MessageState.WAITING, MessageState.ACCEPTED, MessageState.UNKNOWN)


def take(receipt: Receipt, channel: MessageChannel, at: dt.datetime) -> bool:
    """Apply a receipt, inside the caller's transaction. False: it is about nothing of ours."""
    message = _message(channel, receipt.ref, receipt.provider_id)
    if message is None:
        return code_messages.take_receipt(receipt, channel, at)
    delivery = Delivery.objects.select_for_update().get(pk=message.delivery_id)
    if receipt.opted_out:
        recording.note_opt_out(message, receipt.error, at)  # also of a letter that arrived: somebody complained
    if receipt.outcome == Outcome.DELIVERED:
        _arrived(delivery, message, at)
    elif message.state in OPEN:
        _failed(delivery, message, receipt, at)
    return True


def telling_media(at: dt.datetime) -> set[str]:
    """Media whose carrier told of an arrival in the week before: of these no sign is a sign.

    Judged by what came, not by what carriers can do: receipts need an address that reaches us.
    """
    arrived = Message.objects.filter(
        channel=OuterRef("pk"), carrier=OuterRef("kind"), state=MessageState.DELIVERED, at__gte=at - WEEK
    )
    rows = MessageChannel.objects.filter(Exists(arrived.order_by()))
    return set(rows.values_list("medium", flat=True))


def _message(channel: MessageChannel, ref: UUID | None, provider_id: str) -> Message | None:
    rows = Message.objects.filter(channel=channel).select_related("contact_point")
    if ref is not None:
        return rows.filter(uuid=ref).first()
    return rows.filter(provider_id=provider_id).first() if provider_id else None


def _arrived(delivery: Delivery, message: Message, at: dt.datetime) -> None:
    """It arrived after all, whatever was thought before."""
    Message.objects.filter(pk=message.pk).update(state=MessageState.DELIVERED, reason="", error="")
    if delivery.state in (DeliveryState.CANCELLED, DeliveryState.DELIVERED):
        return
    if delivery.state not in (DeliveryState.SENDING, DeliveryState.ACCEPTED):
        _spare_repeat(delivery, at)
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.DELIVERED, reason="", delivered_at=at, sent_at=delivery.sent_at or at, changed_at=at,
        waits_since=None, **recording.NO_LEASE,
    )  # fmt: skip


def _spare_repeat(delivery: Delivery, at: dt.datetime) -> None:
    """Staff had it sent again, and that has not gone out yet: the person need not get it twice."""
    repeat = Delivery.objects.filter(again_of=delivery, state=DeliveryState.PENDING)
    repeat.update(state=DeliveryState.CANCELLED, reason=Reason.ARRIVED_AFTER_ALL, changed_at=at)


def _failed(delivery: Delivery, message: Message, receipt: Receipt, at: dt.datetime) -> None:
    """The next medium, if this try is the one that counts and it is not too late."""
    error = TransportError(
        receipt.error, permanent=True, wrong_address=receipt.wrong_address, opted_out=receipt.opted_out
    )
    is_last = delivery.medium == message.medium
    if is_last and delivery.state in (DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.UNKNOWN):
        recording.refuse(delivery, message, error, at)
        return
    Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED, error=receipt.error[:200])
    if receipt.wrong_address:
        contacts.mark_failed(contact_point=message.contact_point, by=system_user(), reason=receipt.error, at=at)
