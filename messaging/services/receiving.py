"""What comes in: receipts and answers, each taken once; and what an answer does.

Taking in is short and only writes down; the worker deals with it afterwards, so a carrier never waits for us and a
worker that dies leaves the answer to the next one.
"""

import datetime as dt
import logging

from django.db import transaction

from accounts.models import User
from accounts.services.actors import system_user
from common import clock
from common.errors import Busy, Refusal
from messaging import answers, kinds, replying
from messaging.channels.base import Heard, Incoming, Receipt, Reply, TransportError
from messaging.errors import SenderKnown
from messaging.models import (
    Delivery,
    DeliveryState,
    InboundMessage,
    InboundState,
    Medium,
    Message,
    MessageChannel,
    ProviderEvent,
)
from messaging.models.channel import REACHED_AT
from messaging.services import opting_out, receipts
from messaging.services.sending import recording
from messaging.services.sending.world import Carriers
from patients.models import ContactPoint, Patient
from patients.services import contacts

log = logging.getLogger(__name__)


class TooEarly(Exception):
    """A receipt for a number that is not written down yet: the carrier was quicker than we are."""


LONGEST = 2_000  # characters of an answer that are kept
ANSWER_DAYS = 14  # how long an answer without a number belongs to the last question at that address
AT_ONCE = 100
OPEN_STILL = ("question", "refused", "wrong_number")  # such an answer leaves the question open for another


def hear(channel: MessageChannel, incoming: Incoming, at: dt.datetime | None = None) -> Heard:
    """Take in a request of the channel's carrier. Raises NotFromCarrier, ValueError when it makes no sense."""
    at = at or clock.now()
    heard = Carriers().transport(channel).hear(incoming)
    early = [event for event in heard.events if not _take_or_wait(event, channel, at)]
    if early:
        raise TooEarly
    return heard


def _take_or_wait(event: Receipt | Reply, channel: MessageChannel, at: dt.datetime) -> bool:
    """False: a receipt by the carrier's own number, which we do not know yet. Nothing of it is kept, so that the
    carrier's repeat counts."""
    try:
        take(event, channel, at)
    except TooEarly:
        return False
    return True


@transaction.atomic
def take(event: Receipt | Reply, channel: MessageChannel, at: dt.datetime) -> InboundMessage | None:
    """Write down one event, unless it was taken in before."""
    _row, is_new = ProviderEvent.objects.get_or_create(
        channel=channel, event_id=event.event_id[:160], defaults={"at": at}
    )
    if not is_new:
        return None
    if isinstance(event, Receipt):
        if not receipts.take(event, channel, at) and event.ref is None:
            raise TooEarly
        return None
    return _note(event, channel, at)


def _note(reply: Reply, channel: MessageChannel, at: dt.datetime) -> InboundMessage:
    sender = _stored(reply.sender, reply.medium)
    question = _question(reply, sender, at)
    return InboundMessage.objects.create(
        medium=reply.medium, channel=channel, sender=sender[:254], text=reply.text[:LONGEST], at=at,
        answers=question, patient=question.delivery.patient if question else _owner(sender, reply.medium),
    )  # fmt: skip


def _stored(sender: str, medium: str) -> str:
    try:
        return contacts.stored_form(REACHED_AT[Medium(medium)], sender)
    except Refusal:  # a short number or a word as sender: kept as it came
        return sender


def _question(reply: Reply, sender: str, at: dt.datetime) -> Message | None:
    """The message that is answered: the one that the carrier names, else the only one at that address still open.

    Of two different questions to one phone, a family's perhaps, nobody can say which is meant.
    """
    asked = Message.objects.select_related("delivery__patient")
    if reply.ref is not None:
        return asked.filter(uuid=reply.ref).first()
    since = at - dt.timedelta(days=ANSWER_DAYS)
    open_ones = asked.filter(
        medium=reply.medium, address=sender, at__gte=since, delivery__answered_at=None, delivery__expires_at__gt=at,
        delivery__kind__in=kinds.asking(),
        delivery__state__in=(DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.UNKNOWN),
    )  # fmt: skip
    found = list(open_ones.order_by("-at", "-pk")[:20])
    asked_for = {(one.delivery.kind, one.delivery.about_kind, one.delivery.about_id) for one in found}
    return found[0] if len(asked_for) == 1 else None


def _owner(sender: str, medium: str) -> Patient | None:
    """The one person who proved that this address is theirs."""
    points = ContactPoint.objects.reachable().filter(
        system=REACHED_AT[Medium(medium)], value=sender, verified_at__isnull=False, patient__merged_into=None
    )
    people = {point.patient for point in points.select_related("patient")[:2]}
    return people.pop() if len(people) == 1 else None


def deal_with_new(at: dt.datetime | None = None) -> int:
    """Each new answer in a transaction of its own. Returns how many there were."""
    new = InboundMessage.objects.filter(state=InboundState.NEW).order_by("pk")
    pks = list(new.values_list("pk", flat=True)[:AT_ONCE])
    for pk in pks:
        try:
            deal_with(pk, at or clock.now())
        except Busy:  # somebody else has the rows just now: the next look deals with it
            continue
        except Exception:  # one answer that breaks a reader must not hold up the rest: a person reads it
            log.exception("answer %s could not be dealt with", pk)
            InboundMessage.objects.filter(pk=pk, state=InboundState.NEW).update(state=InboundState.OPEN)
    return len(pks)


@transaction.atomic
def deal_with(pk: int, at: dt.datetime) -> None:
    """Do what the answer means, once; without a sure meaning a person reads it."""
    rows = InboundMessage.objects.select_for_update(skip_locked=True, of=("self",))
    inbound = rows.select_related("answers__delivery", "patient").filter(pk=pk, state=InboundState.NEW).first()
    if inbound is None:
        return
    _lock(inbound)
    understood = _stop_words(inbound, at) or _read(inbound)
    if understood is None:
        inbound.state = InboundState.OPEN
    else:
        inbound.state, inbound.outcome = InboundState.UNDERSTOOD, understood.code
        _mark_answered(inbound, understood.code, at)
    inbound.save(update_fields=["state", "outcome"])


def _lock(inbound: InboundMessage) -> None:
    """The patient, as everybody does first, then the question (docs/locking.md)."""
    if inbound.patient_id:
        list(Patient.objects.select_for_update(no_key=True).filter(pk=inbound.patient_id).values_list("pk"))
    if inbound.answers:
        inbound.answers.delivery = (
            Delivery.objects.select_for_update(of=("self",))
            .select_related("patient")
            .get(pk=inbound.answers.delivery_id)
        )


def _read(inbound: InboundMessage) -> replying.Understood | None:
    """The first certain answer counts; what comes after it is read by a person."""
    if inbound.answers and inbound.answers.delivery.answered_at:
        return None
    return replying.read(inbound)


def _mark_answered(inbound: InboundMessage, code: str, at: dt.datetime) -> None:
    if inbound.answers and code not in OPEN_STILL:
        rows = Delivery.objects.filter(pk=inbound.answers.delivery_id)
        rows.update(answered_at=at, answer=code[:20], changed_at=at)


def _stop_words(inbound: InboundMessage, at: dt.datetime) -> replying.Understood | None:
    """What counts for every kind of message: stop, start again, wrong number."""
    if answers.means_stop(inbound.text):
        return _stop(inbound, at)
    if answers.means_start(inbound.text):
        opting_out.take_back(inbound.medium, inbound.sender, at)
        return replying.Understood("start")
    if answers.means_wrong(inbound.text):
        return _wrong(inbound, at)
    return None


def _stop(inbound: InboundMessage, at: dt.datetime) -> replying.Understood:
    opting_out.stop(inbound.medium, inbound.sender, inbound.text, at)
    return replying.Understood("stop")


def _wrong(inbound: InboundMessage, at: dt.datetime) -> replying.Understood:
    """The number is somebody else's: nobody of ours is told anything there any more."""
    points = ContactPoint.objects.live().filter(system=REACHED_AT[Medium(inbound.medium)], value=inbound.sender)
    for point in points:
        contacts.mark_failed(contact_point=point, by=system_user(), reason=inbound.text[:200], at=at)
    if inbound.answers and inbound.answers.delivery.expires_at > at:  # the person meant has not been told
        error = TransportError(inbound.text, wrong_address=True)
        recording.refuse(inbound.answers.delivery, inbound.answers, error, at)
    return replying.Understood("wrong_number")


def close(inbound: InboundMessage, *, note: str, by: User, at: dt.datetime | None = None) -> None:
    """A person has dealt with it. Saying it twice is saying it once."""
    open_ones = InboundMessage.objects.filter(pk=inbound.pk, state=InboundState.OPEN)
    open_ones.update(state=InboundState.CLOSED, outcome=note[:200], closed_by=by, closed_at=at or clock.now())


def is_from(inbound: InboundMessage, *, patient: Patient, by: User) -> None:
    """A person knows who wrote it. Raises SenderKnown: nobody is taken off an answer again."""
    unknown = InboundMessage.objects.filter(pk=inbound.pk, patient=None)
    if not unknown.update(patient=patient, recognised_by=by):
        raise SenderKnown
