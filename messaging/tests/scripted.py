"""A carrier and a clock that do what a test says."""

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

from common import clock
from messaging.channels.base import Accepted, Outgoing, Sent, Settles, Transport, TransportError
from messaging.models import Medium

Answer = Accepted | TransportError | Exception | Callable[[Outgoing], Any]


class ScriptedTransport(Transport):
    """Answers by its script, then accepts everything. Lists are shared by all its instances: see the fixture."""

    kind = "scripted"
    label = "Scripted"
    media = tuple(Medium.values)
    settles = Settles.KEY
    at_once = 5
    sent: ClassVar[list[Outgoing]]
    script: ClassVar[list[Answer]]
    known: ClassVar[dict]
    asked: ClassVar[list[Sent]]

    @classmethod
    def says(cls, *answers: Answer) -> None:
        """The next answers, in order."""
        cls.script.extend(answers)

    def send(self, message: Outgoing) -> Accepted:
        self.sent.append(message)
        answer = self.script.pop(0) if self.script else Accepted(f"id-{len(self.sent)}")
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Accepted) else answer(message)

    def find(self, sent: Sent) -> Accepted | None:
        self.asked.append(sent)
        found = self.known.get(sent.ref)
        if isinstance(found, Exception):
            raise found
        return found


class Clock:
    """The time of the program, which stands still."""

    def __init__(self, monkeypatch: Any):
        self.now = clock.at_wall(dt.date(2026, 12, 1), dt.time(12))
        monkeypatch.setattr(clock, "now", lambda: self.now)

    def later(self, **span: float) -> dt.datetime:
        """Move on."""
        self.now += dt.timedelta(**span)
        return self.now

    def at(self, hour: int, minute: int = 0, *, day: int = 1) -> dt.datetime:
        """Go to that time of a day in December 2026 by the hospital's clock."""
        self.now = clock.at_wall(dt.date(2026, 12, day), dt.time(hour, minute))
        return self.now
