"""Taking due rows for oneself, and writing down what will be put on the wire before it is."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, F

from messaging.channels import TRANSPORTS
from messaging.channels.base import Settles, Transport
from messaging.models import ON_THE_WAY, Delivery, DeliveryState, Message, MessageState, OptOut, Priority, Reason
from messaging.services.sending.deciding import Send, Stop, Wait, decide
from messaging.services.sending.world import Carriers, World, stopped_with

AT_ONCE = 50  # deliveries in one turn
LEASE = dt.timedelta(minutes=3)  # above all that a turn can last; below WeChat's ten minutes


def claim(carriers: Carriers, at: dt.datetime) -> tuple[list[Send], int]:
    """Decide the most urgent due deliveries; returns those to be sent, and how many were decided in all.

    In one transaction: the rows are locked, the world is read, the decision is written. So nobody else has them, and
    whoever dies from here on leaves a row that says what may have been sent.
    """
    with transaction.atomic():
        rows = list(_due(at))
        if not rows:
            return [], 0
        decisions = list(decide(World(rows, carriers, at)))
        sends = [one for one in decisions if isinstance(one, Send)]
        _write_stops([one for one in decisions if isinstance(one, Stop)], at)
        _write_waits([one for one in decisions if isinstance(one, Wait)], at)
        _write_intents(sends, at)
    return sends, len(rows)


def _due(at: dt.datetime) -> Iterator[Delivery]:
    """Locked, most urgent first, then those that have waited longest. Priority by priority, as the index has them."""
    room = AT_ONCE
    for priority in Priority.values:
        rows = Delivery.objects.due(at).filter(priority=priority).select_related("patient").order_by("due_at", "pk")
        found = list(rows.select_for_update(skip_locked=True, of=("self",))[:room])
        yield from found
        room -= len(found)
        if not room:
            return


def _write_stops(stops: Sequence[Stop], at: dt.datetime) -> None:
    groups = defaultdict(list)
    for stop in stops:
        groups[stop.state, stop.reason].append(stop.delivery.pk)
    for (state, reason), pks in groups.items():
        Delivery.objects.filter(pk__in=pks).update(state=state, reason=reason, changed_at=at)
        tries = Message.objects.filter(delivery__in=pks)
        tries.filter(state=MessageState.WAITING).update(state=MessageState.FAILED, reason=reason)
        tries.filter(state=MessageState.SENDING).update(state=MessageState.UNKNOWN, reason=reason)


def _write_waits(waits: Sequence[Wait], at: dt.datetime) -> None:
    groups = defaultdict(list)
    for wait in waits:
        groups[wait.until, wait.reason].append(wait.delivery.pk)
    for (until, reason), pks in groups.items():
        rows = Delivery.objects.filter(pk__in=pks)
        rows.update(due_at=until, reason=reason)
        if reason == Reason.CARRIER_DOWN:
            rows.filter(waits_since=None).update(waits_since=at)


def _write_intents(sends: Sequence[Send], at: dt.datetime) -> None:
    """The tries, and whose they are. What cannot be settled later is not on the wire yet: see `mark_on_wire`."""
    token = uuid.uuid4()
    for send in sends:
        send.delivery.token = token
    _give_up_others(sends)
    Message.objects.bulk_create([send.message for send in sends if send.message.pk is None])
    Message.objects.filter(pk__in=[send.message.pk for send in sends]).update(
        state=MessageState.SENDING, tries=F("tries") + 1
    )
    for (medium, is_marked), group in groupby(sorted(sends, key=_kind_of), key=_kind_of):
        Delivery.objects.filter(pk__in=[send.delivery.pk for send in group]).update(
            state=DeliveryState.SENDING, token=token, lease_until=at + LEASE, medium=medium, changed_at=at,
            on_wire_at=None if is_marked else at, attempts=F("attempts") + 1,
        )  # fmt: skip


def _kind_of(send: Send) -> tuple[str, bool]:
    """By which medium, and whether each is marked on its own just before it is sent."""
    return send.channel.medium, goes_alone(TRANSPORTS[send.channel.kind])


def goes_alone(transport: Transport | type[Transport]) -> bool:
    """One at a time, each marked just before: where it could not be told afterwards which of several was sent, or
    where several would take longer than a claim lasts."""
    return transport.settles == Settles.NEVER or transport.at_once == 1


@transaction.atomic
def release(sends: Sequence[Send]) -> None:
    """Nothing of these left the house: somebody else may have those that are still ours at once."""
    rows = Delivery.objects.filter(pk__in=[send.delivery.pk for send in sends], on_wire_at=None)
    mine = rows.filter(state=DeliveryState.SENDING, token__in={send.delivery.token for send in sends})
    pks = list(mine.select_for_update().values_list("pk", flat=True))
    tries = Message.objects.filter(pk__in=[send.message.pk for send in sends], delivery__in=pks)
    tries.update(state=MessageState.WAITING, tries=F("tries") - 1)
    Delivery.objects.filter(pk__in=pks).update(state=DeliveryState.PENDING, token=None, lease_until=None)


def _give_up_others(sends: Sequence[Send]) -> None:
    """An earlier medium that did not answer for too long is not tried again."""
    switched = [send.delivery.pk for send in sends if send.message.pk is None and send.delivery.attempts]
    if switched:
        left = Message.objects.filter(delivery__in=switched, state__in=ON_THE_WAY)
        left.update(state=MessageState.FAILED, reason=Reason.CARRIER_DOWN)


def mark_on_wire(send: Send, carriers: Carriers, at: dt.datetime) -> bool:
    """For a carrier that can never be asked: say, just before, that this one goes out.

    False: it is no longer ours, or somebody at the address has said stop since it was claimed; then nothing left the
    house, and the next turn decides anew.
    """
    mine = Delivery.objects.filter(pk=send.delivery.pk, state=DeliveryState.SENDING, token=send.delivery.token)
    if not carriers.rules[send.delivery.priority].ignores_opt_out:
        out = OptOut.objects.live().filter(medium__in=stopped_with(send.message.medium), address=send.message.address)
        mine = mine.exclude(Exists(out))
    if mine.update(on_wire_at=at, lease_until=at + LEASE):
        return True
    release([send])
    return False
