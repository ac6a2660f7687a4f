"""The kinds of message that the hospital sends, as the apps above name them.

An app that has something to say has a module `message_kinds.py` that calls `register(MessageKind(…))`. A kind says what
may stand in its words, how urgent it is, and asks, just before sending, whether it is still true.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from messaging import labels
from messaging.models import Delivery, Priority

Facts = Mapping[str, str]  # name of a field -> its words, in one language


@dataclass(frozen=True)
class Verdict:
    """What a kind says about one delivery just before it is sent.

    stop: the code of a reason not to send it any more; "" to send. facts: the words of its fields.
    attachments: (file name, media type, content) for e-mail.
    """

    stop: str = ""
    facts: Facts = field(default_factory=dict)
    attachments: tuple[tuple[str, str, bytes], ...] = ()


# Reads the world again for many deliveries at once: delivery id -> verdict. The language is each patient's own.
Judge = Callable[[Iterable[Delivery], Any], dict[int, Verdict]]


@dataclass(frozen=True)
class Field:
    """One thing that the words may name as {name}: what it is, and an example of it in each language."""

    name: str
    label: Any
    example_en: str
    example_zh: str


@dataclass(frozen=True)
class Choice:
    """An answer that the message offers: the key to press or to send, and what it means."""

    digit: str
    code: str
    label: Any


@dataclass(frozen=True)
class Example:
    """Something real that the words can be tried on, as a person may see it: its name, and the facts in each language
    (`patients.models.Language` -> facts)."""

    label: str
    facts: Mapping[str, Facts]


@dataclass(frozen=True)
class MessageKind:
    """A kind of message.

    texts: (language, medium or "") -> (subject, words), the first version of its words.
    reasons: code -> words of the reasons for which its judge holds messages back.
    asks: it waits for an answer, with choices or without.
    examples: real rows that this member of staff may see, for the preview of the words.
    """

    code: str
    label: Any
    priority: Priority
    fields: tuple[Field, ...]
    texts: Mapping[tuple[str, str], tuple[str, str]]
    judge: Judge
    choices: tuple[Choice, ...] = ()
    reasons: Mapping[str, Any] = field(default_factory=dict)
    examples: Callable[[User], list[Example]] = lambda by: []
    asks: bool = False


_kinds: dict[str, MessageKind] = {}


def register(kind: MessageKind) -> MessageKind:
    """Make a kind known. The same code again replaces it, as a reloaded module does."""
    _kinds[kind.code] = kind
    labels.name(kind.code, kind.label)
    return kind


def get(code: str) -> MessageKind | None:
    """The kind, or None when the app that had it is not installed any more."""
    return _kinds.get(code)


def known(code: str) -> MessageKind:
    """The kind that an app of ours names. Raises KeyError: a fault in the program, never of what somebody typed."""
    return _kinds[code]


def asking() -> list[str]:
    """The codes of the kinds that wait for an answer."""
    return [kind.code for kind in _kinds.values() if kind.choices or kind.asks]


def all_kinds() -> list[MessageKind]:
    """By urgency, then by code."""
    return sorted(_kinds.values(), key=lambda kind: (kind.priority, kind.code))
