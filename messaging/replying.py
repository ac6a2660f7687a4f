"""Who understands answers: the apps above say what an answer to their kinds of message does.

A module registers `understand(inbound) -> Understood | None` for the kinds that it sends. It runs inside the
transaction in which the answer is marked as dealt with, so what it does happens exactly once.
"""

from collections.abc import Callable
from dataclasses import dataclass

from messaging.models import InboundMessage


@dataclass(frozen=True)
class Understood:
    """What an answer meant and what was done: a code that `messaging.labels.name_answer` has made known."""

    code: str


Understand = Callable[[InboundMessage], Understood | None]
_readers: list[Understand] = []


def reader(read: Understand) -> Understand:
    """Register a reader of answers; the first that understands wins."""
    if read not in _readers:
        _readers.append(read)
    return read


def read(inbound: InboundMessage) -> Understood | None:
    """What it means; None when nobody is sure, and then a person reads it."""
    return next((found for one in _readers if (found := one(inbound)) is not None), None)
