"""What staff do with a delivery by hand: send it again, call it off.

A delivery that has ended never moves again, and each of its tries is unique by medium. So what is sent again is a new
delivery with its own tries, that names the old one. The database keeps that to one repeat of each: two people who press
at the same moment send it once. The repeat passes all checks anew: the world, hours, opt-outs, limits, budget.
"""

import datetime as dt

from django.db import IntegrityError, transaction

from accounts.models import User
from common import clock
from messaging.errors import MayComeTwice, NotToRepeat, NotWaiting, RepeatedAlready, TooLateToRepeat
from messaging.models import Delivery, DeliveryState, Message, MessageState, Reason
from messaging.services import planning

REPEATABLE = (DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.EXPIRED, DeliveryState.SUPPRESSED)
PERHAPS_ARRIVED = (MessageState.SENDING, MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.UNKNOWN)


def can_repeat(delivery: Delivery, at: dt.datetime | None = None) -> bool:
    """Did it not arrive, as far as is known, and would it still tell something true? One statement."""
    is_over = delivery.expires_at <= (at or clock.now())
    return delivery.state in REPEATABLE and not is_over and not Delivery.objects.filter(again_of=delivery.pk).exists()


def may_have_arrived(delivery: Delivery) -> bool:
    """Would a repeat perhaps be the second one that the person gets?"""
    tries = delivery.messages.filter(state__in=PERHAPS_ARRIVED)
    return delivery.state == DeliveryState.UNKNOWN or tries.exists()


@transaction.atomic
def repeat(delivery: Delivery, *, by: User, is_sure: bool = False, at: dt.datetime | None = None) -> Delivery:
    """Send it again now. is_sure: also when the person may get it twice.

    Raises NotToRepeat, TooLateToRepeat, RepeatedAlready, MayComeTwice. Returns the new delivery.
    """
    at = at or clock.now()
    old = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if old.state not in REPEATABLE:
        raise NotToRepeat
    if old.expires_at <= at:
        raise TooLateToRepeat
    if Delivery.objects.filter(again_of=old).exists():
        raise RepeatedAlready
    if may_have_arrived(old) and not is_sure:
        raise MayComeTwice(field="is_sure")
    transaction.on_commit(planning.wake)
    return _write(old, by, at)


def _write(old: Delivery, by: User, at: dt.datetime) -> Delivery:
    copied = ("patient_id", "kind", "priority", "media", "context", "about_kind", "about_id", "about_version")
    values = {name: getattr(old, name) for name in copied}
    times = {"due_at": at, "expires_at": old.expires_at, "created_at": at, "changed_at": at}
    try:
        with transaction.atomic():
            return Delivery.objects.create(key=f"again:{old.pk}", again_of=old, by=by, **values, **times)
    except IntegrityError as error:  # somebody else pressed at the same moment
        raise RepeatedAlready from error


@transaction.atomic
def call_off(delivery: Delivery, *, by: User, at: dt.datetime | None = None) -> None:
    """It is not to be told any more. Raises NotWaiting: what is on the wire cannot be called back."""
    waiting = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.PENDING)
    why = {"reason": Reason.BY_HAND}
    if not waiting.update(state=DeliveryState.CANCELLED, by=by, changed_at=at or clock.now(), **why):
        raise NotWaiting
    tries = Message.objects.filter(delivery=delivery.pk)
    tries.filter(state=MessageState.WAITING).update(state=MessageState.FAILED, **why)
    tries.filter(state=MessageState.SENDING).update(state=MessageState.UNKNOWN, **why)
