"""What every carrier's adapter is: one folder of one shape.

`messaging/channels/<kind>/` holds `transport.py` with a subclass of `Transport`; it knows the carrier's
protocol and nothing of deliveries, patients or the database: it gets an `Outgoing` and answers `Accepted`, or raises
`TransportError`; it gets a web request of the carrier (`Incoming`) and answers what happened. To add a carrier, copy a
folder, name it in `messaging/channels/__init__.py`, and test it in `messaging/tests/channels/test_<kind>.py` against a
fake of `messaging/tests/fakes/`.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True)
class Outgoing:
    """What is to be sent.

    ref: our id, the same in every repeat. to: the address in stored form (phones E.164). language: of the words.
    template, facts: for carriers that only send texts they approved. choices: (digit, words) that may be answered.
    receipt_url: where the carrier tells what became of it; it names `ref`. unsubscribe_url: "" when there is none.
    attachments: (file name, media type, content).
    """

    ref: UUID
    medium: str
    to: str
    text: str
    subject: str = ""
    language: str = "zh-hans"
    template: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[tuple[str, str], ...] = ()
    receipt_url: str = ""
    unsubscribe_url: str = ""
    attachments: tuple[tuple[str, str, bytes], ...] = ()


@dataclass(frozen=True)
class Sent:
    """What is asked about: a message that may have been sent at `at` (aware).

    text: its words, for carriers that repeat the words but not our ref.
    """

    ref: UUID
    medium: str
    to: str
    at: dt.datetime
    provider_id: str = ""
    text: str = ""


@dataclass(frozen=True)
class Accepted:
    """The carrier took it; `delivered` when that is the same as having arrived."""

    provider_id: str = ""
    delivered: bool = False


class TransportError(Exception):
    """The carrier did not take it, or did not say.

    message: short, for staff, without personal data. permanent: a repeat will fail too. unknown: it may have been
    taken. wrong_address: this address reaches nobody. opted_out: the carrier knows that the person said stop.
    retry_after: seconds that the carrier asks to wait; with `down` the whole channel waits.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        unknown: bool = False,
        wrong_address: bool = False,
        opted_out: bool = False,
        down: bool = False,
        retry_after: float | None = None,
    ):
        super().__init__(message)
        self.message = message[:200]
        self.permanent = permanent or wrong_address or opted_out
        self.unknown = unknown
        self.wrong_address = wrong_address
        self.opted_out = opted_out
        self.down = down
        self.retry_after = retry_after


class Settles(StrEnum):
    """How it is found out whether something was sent, after a worker died between sending and writing it down."""

    KEY = "key"  # the carrier sends a ref only once: sending again is safe
    ASK = "ask"  # the carrier can be asked for a ref
    NEVER = "never"  # neither: it stays unknown and is never sent again


@dataclass(frozen=True)
class Option:
    """One setting of an account, as the form asks for it. secret: sealed, and never shown again."""

    name: str
    label: Any
    secret: bool = False
    required: bool = True
    default: str = ""
    help: Any = ""


@dataclass(frozen=True)
class Incoming:
    """A web request of the carrier. `url` is the whole address, as the carrier called it."""

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    form: Mapping[str, str]  # when the body is a form


class Outcome(StrEnum):
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True)
class Receipt:
    """What became of a message. Known by our ref or, where the carrier does not repeat it, by its own number."""

    event_id: str
    outcome: Outcome
    ref: UUID | None = None
    provider_id: str = ""
    error: str = ""
    wrong_address: bool = False
    opted_out: bool = False


@dataclass(frozen=True)
class Reply:
    """Somebody sent, pressed or said something. ref: the message that it answers, where the carrier tells."""

    event_id: str
    sender: str
    text: str
    medium: str
    ref: UUID | None = None


@dataclass(frozen=True)
class Heard:
    """What a request told, and what the carrier wants to read in answer."""

    events: tuple[Receipt | Reply, ...] = ()
    answer: str = ""
    content_type: str = "text/plain"


class NotFromCarrier(Exception):
    """The signature is missing or wrong, or the request is too old."""


class Transport:
    """A carrier with one account. Made anew for each use from the channel's settings; keeps no state."""

    kind: ClassVar[str]
    label: ClassVar[Any]
    media: ClassVar[tuple[str, ...]]
    options: ClassVar[tuple[Option, ...]] = ()
    settles: ClassVar[Settles] = Settles.NEVER
    key_minutes: ClassVar[int] = 24 * 60  # how long the carrier remembers a ref (Settles.KEY)
    index_seconds: ClassVar[int] = 60  # how long until a sent message can be found (Settles.ASK)
    at_once: ClassVar[int] = 1  # messages on the wire at a time; more than 1 only where they can be settled
    needs_template: ClassVar[bool] = False  # sends only approved texts

    def __init__(self, settings: Mapping[str, str]):
        self.settings = {option.name: settings.get(option.name, option.default) for option in self.options}

    def send(self, message: Outgoing) -> Accepted:
        """Hand it to the carrier, once, within 10 s. Raises TransportError."""
        raise NotImplementedError

    def find(self, sent: Sent) -> Accepted | None:
        """Settles.ASK: was it taken? None: the carrier does not know it. Raises TransportError when it cannot tell."""
        raise NotImplementedError

    def hear(self, incoming: Incoming) -> Heard:
        """Read a request of the carrier. Raises NotFromCarrier, ValueError when it makes no sense."""
        raise NotFromCarrier
