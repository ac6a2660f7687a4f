"""The outbox as a telephone: what was said to whom, and answers given in the patient's place. One-time codes, too,
which are said to a phone and to no patient, until they are over.

Only for channels whose carrier is the outbox, which sends nothing: whoever has a real carrier answers themselves.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock, sealing
from messaging import kinds
from messaging.channels.base import Reply
from messaging.channels.outbox.transport import OutboxTransport
from messaging.errors import NoOutbox
from messaging.labels import label_of
from messaging.message_kinds import CODE
from messaging.models import CodeMessage, Delivery, DeliveryState, InboundMessage, Message, MessageChannel
from messaging.services import code_messages, planning, receiving
from messaging.wording import mask

TALKS = 30  # conversations in the list
LOOKED_AT = 150  # messages of each channel from which the list is made
BUBBLES = 60  # of one conversation, of each side
Said = Message | CodeMessage
SENT = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.UNKNOWN)


@dataclass(frozen=True)
class Talk:
    """A conversation: ref names a message of it, point tells it from others in the page."""

    ref: uuid.UUID
    point: str
    address: str
    masked: str
    name: str
    words: str
    medium: str
    at: dt.datetime
    is_theirs: bool = False


@dataclass(frozen=True)
class Bubble:
    """One message. choices: (digit, label) that the patient may press now; ref: by what they answer it."""

    ref: uuid.UUID
    at: dt.datetime
    is_theirs: bool
    medium: str
    medium_label: str
    text: str
    state: str
    tone: str
    what: str = ""
    subject: str = ""
    parts: int = 1
    choices: tuple[tuple[str, str], ...] = ()


def own_channels() -> list[MessageChannel]:
    """Those that send nothing."""
    return list(MessageChannel.objects.filter(kind=OutboxTransport.kind))


def _messages(channel: MessageChannel) -> QuerySet[Message]:
    return Message.objects.filter(channel=channel, carrier=OutboxTransport.kind).order_by("-at", "-pk")


def recent(channels: Sequence[MessageChannel], people: Sequence[int] | None = None) -> list[Talk]:
    """The latest conversations, the latest first; people: only of these patients. Two statements for each channel,
    and one."""
    said: list[Said] = [] if people is not None else list(_codes(channels)[:LOOKED_AT])
    heard: list[InboundMessage] = []
    for channel in channels:
        ours = _messages(channel).select_related("delivery__patient")
        theirs = InboundMessage.objects.filter(channel=channel).order_by("-at", "-pk")
        if people is not None:
            ours, theirs = ours.filter(delivery__patient__in=people), theirs.filter(patient__in=people)
        said += ours[:LOOKED_AT]
        heard += theirs[:LOOKED_AT]
    return _talks(said, {one.sender: one for one in sorted(heard, key=lambda one: (one.at, one.pk))})


def _codes(channels: Sequence[MessageChannel]) -> QuerySet[CodeMessage]:
    rows = CodeMessage.objects.filter(channel__in=channels, carrier=OutboxTransport.kind)
    return rows.select_related("template").order_by("-at", "-pk")


def _talks(said: Sequence[Said], heard: dict[str, InboundMessage]) -> list[Talk]:
    """One for each address: what stands last there. heard: address -> the last that came from it."""
    last: dict[str, Said] = {}
    names: dict[str, dict[str, None]] = {}  # in order, each once: a family shares a phone
    for message in sorted(said, key=lambda one: (one.at, one.pk)):
        last[message.address] = message
        known = names.setdefault(message.address, {})
        if isinstance(message, Message):
            known[message.delivery.patient.name] = None
    talks = [_talk(message, list(names[address]), heard.get(address)) for address, message in last.items()]
    return nlargest(TALKS, talks, key=lambda talk: talk.at)


def _talk(message: Said, names: list[str], heard: InboundMessage | None) -> Talk:
    is_theirs = heard is not None and heard.at >= message.at
    newest = heard if is_theirs else message
    return Talk(
        ref=message.uuid, point=_point(message.address), address=message.address,
        name=", ".join(names) or _("Somebody who wants to sign in"), masked=mask(message.medium, message.address),
        words=_words(newest, clock.now())[:80], medium=newest.medium, at=newest.at, is_theirs=is_theirs,
    )  # fmt: skip


def _point(address: str) -> str:
    """The same for the same address, and tells nothing of it."""
    return sealing.digest(address, purpose="messaging.outbox")[:12]


def _words(one: Said | InboundMessage, at: dt.datetime) -> str:
    return code_messages.words_of(one, at) if isinstance(one, CodeMessage) else one.text


def find(ref: uuid.UUID, channels: Sequence[MessageChannel]) -> Said | None:
    """A message of ours by whose number a conversation is named."""
    rows = Message.objects.filter(channel__in=channels, carrier=OutboxTransport.kind)
    found = rows.select_related("channel", "delivery__patient").filter(uuid=ref).first()
    return found or _codes(channels).filter(uuid=ref).first()


def newest(address: str, channels: Sequence[MessageChannel]) -> Said | None:
    """What was said last to this address: by its channel an answer comes."""
    rows = Message.objects.filter(address=address, channel__in=channels, carrier=OutboxTransport.kind)
    found = rows.order_by("-at", "-pk").first(), _codes(channels).filter(address=address).first()
    return max((one for one in found if one), key=lambda one: one.at, default=None)


def bubbles(address: str, channels: Sequence[MessageChannel], at: dt.datetime | None = None) -> list[Bubble]:
    """The conversation, the first thing first. Three statements."""
    at = at or clock.now()
    ours = Message.objects.filter(address=address, channel__in=channels, carrier=OutboxTransport.kind)
    ours = ours.select_related("delivery").order_by("-at", "-pk")[:BUBBLES]
    theirs = InboundMessage.objects.filter(sender=address, channel__in=channels).order_by("-at", "-pk")[:BUBBLES]
    codes = [_code(one, at) for one in reversed(_codes(channels).filter(address=address)[:BUBBLES])]
    found = [*(_ours(one, at) for one in reversed(ours)), *codes, *(_theirs(one) for one in reversed(theirs))]
    return sorted(found, key=lambda bubble: bubble.at)


def _ours(message: Message, at: dt.datetime) -> Bubble:
    return Bubble(
        ref=message.uuid, at=message.at, is_theirs=False, medium=message.medium,
        medium_label=message.get_medium_display(), text=message.text, state=message.get_state_display(),
        tone=message.tone, what=label_of(message.delivery.kind), subject=message.subject, parts=message.parts,
        choices=_choices(message.delivery, at),
    )  # fmt: skip


def _code(row: CodeMessage, at: dt.datetime) -> Bubble:
    return Bubble(
        ref=row.uuid, at=row.at, is_theirs=False, medium=row.medium, medium_label=row.get_medium_display(),
        text=_words(row, at), state=row.get_state_display(), tone=row.tone, what=label_of(CODE.code), parts=row.parts,
    )  # fmt: skip


def _theirs(inbound: InboundMessage) -> Bubble:
    return Bubble(
        ref=inbound.uuid, at=inbound.at, is_theirs=True, medium=inbound.medium,
        medium_label=inbound.get_medium_display(), text=inbound.text, state=inbound.get_state_display(),
        tone=inbound.tone,
    )  # fmt: skip


def _choices(delivery: Delivery, at: dt.datetime) -> tuple[tuple[str, str], ...]:
    kind = kinds.get(delivery.kind)
    is_open = delivery.answered_at is None and delivery.expires_at > at and delivery.state in SENT
    return tuple((one.digit, str(one.label)) for one in kind.choices) if kind and is_open else ()


def answer(message: Said, text: str, *, by: User, names_it: bool = False, at: dt.datetime | None = None) -> None:
    """Say it in the patient's place, as if it came from the address of `message`, and wake the worker.

    names_it: a pressed key belongs to its question; free text belongs to no message, as with an SMS. by: stands in the
    event's number. Raises NoOutbox.
    """
    channel = MessageChannel.objects.get(pk=message.channel_id)
    if channel.kind != OutboxTransport.kind or message.carrier != OutboxTransport.kind:
        raise NoOutbox
    event = f"outbox-{by.pk}-{uuid.uuid4().hex}"
    ref = message.uuid if names_it else None
    receiving.take(Reply(event, message.address, text, message.medium, ref), channel, at or clock.now())
    planning.wake_answers()
