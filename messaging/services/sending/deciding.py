"""What is to happen with each due delivery, in this order: is it still true, may it be said now, by which medium."""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from messaging import kinds, words
from messaging.channels import TRANSPORTS
from messaging.kinds import MessageKind, Verdict
from messaging.models import (
    ON_THE_WAY,
    Delivery,
    DeliveryState,
    Medium,
    Message,
    MessageChannel,
    MessageState,
    Priority,
    Reason,
)
from messaging.services import texts
from messaging.services.sending.world import World
from patients.models import ContactPoint

log = logging.getLogger(__name__)

JUDGE_AGAIN = dt.timedelta(minutes=5)  # a kind that cannot say whether its messages are still true is asked again
THRIFTY = (Priority.REMINDER, Priority.CAMPAIGN)  # what a budget stops


@dataclass
class Send:
    """Put it on the wire. `message` is not saved yet when it is the first try by this medium."""

    delivery: Delivery
    message: Message
    channel: MessageChannel
    kind: MessageKind
    verdict: Verdict


@dataclass
class Wait:
    """Not now, but at `until`."""

    delivery: Delivery
    until: dt.datetime
    reason: str = ""


@dataclass
class Stop:
    """Never."""

    delivery: Delivery
    state: str
    reason: str


Decision = Send | Wait | Stop


def decide(world: World) -> Iterator[Decision]:
    """One decision for each delivery of the world, in its order."""
    verdicts = dict(_verdicts(world.deliveries, world.at))
    for delivery in world.deliveries:
        yield _decide(delivery, verdicts.get(delivery.pk), world)


def _verdicts(deliveries: Sequence[Delivery], at: dt.datetime) -> Iterator[tuple[int, Verdict]]:
    """Each kind reads the world for all of its deliveries at once. One that fails does not stop the others."""
    by_kind = defaultdict(list)
    for delivery in deliveries:
        by_kind[delivery.kind].append(delivery)
    for code, rows in by_kind.items():
        kind = kinds.get(code)
        if kind is not None:
            found = _judged(kind, rows, at)
            yield from (found if found is not None else _one_by_one(kind, rows, at)).items()


def _judged(kind: MessageKind, rows: Sequence[Delivery], at: dt.datetime) -> dict[int, Verdict] | None:
    """None when it fails: it is in the log, and must not hold up the others."""
    try:
        with transaction.atomic():  # a failed statement inside must not spoil the claim
            return kind.judge(rows, at)
    except Exception:
        log.exception("messages of the kind %s cannot be judged", kind.code)
        return None


def _one_by_one(kind: MessageKind, rows: Sequence[Delivery], at: dt.datetime) -> dict[int, Verdict]:
    """All but those that cannot be judged even alone."""
    found: dict[int, Verdict] = {}
    for row in rows if len(rows) > 1 else ():
        found |= _judged(kind, [row], at) or {}
    return found


def _decide(delivery: Delivery, verdict: Verdict | None, world: World) -> Decision:
    kind, at = kinds.get(delivery.kind), world.at
    if delivery.expires_at <= at:
        return Stop(delivery, DeliveryState.EXPIRED, Reason.TOO_LATE)
    if kind is None or verdict is None:
        return _wait(delivery, at + JUDGE_AGAIN, Reason.NOT_JUDGED)
    if verdict.stop:
        return Stop(delivery, DeliveryState.CANCELLED, verdict.stop)
    if delivery.patient.deceased_on:
        return Stop(delivery, DeliveryState.SUPPRESSED, Reason.DECEASED)
    opening = world.carriers.rules[delivery.priority].opening(at)
    if opening > at:
        return _wait(delivery, opening)
    if world.had_enough(delivery):
        return Stop(delivery, DeliveryState.SUPPRESSED, Reason.TOO_MANY)
    return _choose(delivery, kind, verdict, world)


def _wait(delivery: Delivery, until: dt.datetime, reason: str = "") -> Decision:
    """Until then, unless it would be too late."""
    if until >= delivery.expires_at:
        return Stop(delivery, DeliveryState.EXPIRED, reason or Reason.TOO_LATE)
    return Wait(delivery, until, reason)


@dataclass
class _No:
    """Why a medium is not taken; `until` when it may be taken later."""

    reason: str
    until: dt.datetime | None = None


def _choose(delivery: Delivery, kind: MessageKind, verdict: Verdict, world: World) -> Decision:
    """The first medium that can carry it now; else wait for one that will; else the delivery has failed."""
    is_impatient = _patience_over(delivery, world)
    noes: list[_No] = []
    stuck: Send | None = None  # was tried without an answer for long: only if nothing else can carry it
    for medium in delivery.media_in_order:
        found = _by(medium, delivery, kind, verdict, world)
        if isinstance(found, Send) and is_impatient and _may_switch(found):
            stuck = stuck or found
        elif isinstance(found, Send):
            return _counted(found, world)
        else:
            noes.append(found)
            if found.reason == Reason.CARRIER_DOWN and not is_impatient:
                break  # the next medium is for when this one has been away for long
    return _counted(stuck, world) if stuck else _without_carrier(delivery, noes)


def _may_switch(send: Send) -> bool:
    """Was it tried in vain? While a carrier may have taken it, only of a stopped clinic is told by another one too."""
    if not send.message.tries:
        return False
    return send.message.state == MessageState.WAITING or send.delivery.priority == Priority.STOPPAGE


def _without_carrier(delivery: Delivery, noes: list[_No]) -> Decision:
    """Held back when nobody wants it; failed when nothing can carry it, so that a person takes over."""
    later = [no for no in noes if no.until]
    if later:
        soonest = min(later, key=lambda no: no.until)
        return _wait(delivery, soonest.until, soonest.reason)
    is_unwanted = all(no.reason == Reason.OPTED_OUT for no in noes)
    return Stop(delivery, DeliveryState.SUPPRESSED if is_unwanted else DeliveryState.FAILED, noes[-1].reason)


def _patience_over(delivery: Delivery, world: World) -> bool:
    patience = dt.timedelta(minutes=world.carriers.rules[delivery.priority].patience_minutes)
    return delivery.waits_since is not None and world.at - delivery.waits_since >= patience


def _by(medium: str, delivery: Delivery, kind: MessageKind, verdict: Verdict, world: World) -> Send | _No:
    """By this medium, or why not."""
    channel = world.carriers.channels[medium]
    before = world.tried(delivery).get(medium)
    if before is not None and before.state not in ON_THE_WAY:
        return _No(before.reason)
    if not channel.is_active or channel.kind not in TRANSPORTS:
        return _No(Reason.CHANNEL_OFF)
    if medium == Medium.VOICE and (no := _asleep(world)):
        return no
    if channel.paused_until and channel.paused_until > world.at:
        return _No(Reason.CARRIER_DOWN, channel.paused_until)
    if before is not None:
        if _wants_nothing(delivery, medium, before.address, world):
            return _No(Reason.OPTED_OUT)
        return Send(delivery, before, channel, kind, verdict)  # the same words under the same number
    point = _address(delivery, medium, world)
    if isinstance(point, _No):
        return point
    return _write(delivery, kind, verdict, channel, point, world)


def _asleep(world: World) -> _No | None:
    """Nobody is rung up outside the hours of reminders, however urgent it is."""
    opening = world.carriers.rules[Priority.REMINDER].opening(world.at)
    return _No("", opening) if opening > world.at else None


def _address(delivery: Delivery, medium: str, world: World) -> ContactPoint | _No:
    points = world.points(delivery, medium)
    if not points:
        return _No(Reason.NO_ADDRESS)
    wanted = [point for point in points if not _wants_nothing(delivery, medium, point.value, world)]
    return wanted[0] if wanted else _No(Reason.OPTED_OUT)


def _wants_nothing(delivery: Delivery, medium: str, address: str, world: World) -> bool:
    """Has somebody at the address said stop, and does this message heed it?"""
    return not world.carriers.rules[delivery.priority].ignores_opt_out and world.has_opted_out(medium, address)


def _write(
    delivery: Delivery, kind: MessageKind, verdict: Verdict, channel: MessageChannel, point: ContactPoint, world: World
) -> Send | _No:
    template = world.carriers.words.find(kind, delivery.patient.language, channel.medium)
    if template is None:
        return _No(Reason.NO_TEXT)
    try:
        said = texts.write(template, channel.medium, verdict.facts)
    except (words.BadSyntax, words.UnknownField):
        return _No(Reason.BAD_TEXT)
    cost = channel.price_amount * said.parts
    if _is_spent(channel, delivery, cost, world):
        return _No(Reason.BUDGET, world.tomorrow)
    message = Message(
        delivery=delivery, medium=channel.medium, channel=channel, carrier=channel.kind, contact_point=point,
        address=point.value, template=template, subject=said.subject[:200], text=said.text, parts=said.parts,
        cost_amount=cost, at=world.at,
    )  # fmt: skip
    return Send(delivery, message, channel, kind, verdict)


def _is_spent(channel: MessageChannel, delivery: Delivery, cost: Decimal, world: World) -> bool:
    limited = channel.budget_amount is not None and delivery.priority in THRIFTY
    return limited and world.spent[channel.medium] + cost > channel.budget_amount


def _counted(send: Send, world: World) -> Send:
    """What this turn has decided counts for what it decides next."""
    world.sent_now[send.delivery.patient_id, send.delivery.priority] += 1
    if send.message.pk is None and send.channel.medium in world.spent:
        world.spent[send.channel.medium] += send.message.cost_amount
    return send
