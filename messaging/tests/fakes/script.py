"""What a fake is told to do with the next requests, and what it remembers of them."""

import threading
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Taken:
    """One message that the fake accepted, and that a patient would have got."""

    ref: str
    provider: str
    provider_id: str
    to: str
    text: str
    receipt_url: str = ""
    at: float = field(default_factory=time.time)


class Script:
    """The next steps; afterwards `default`.

    A step is a word: accept, drop (accept, then cut the connection), reset (cut it without accepting), refuse:CODE
    (in the carrier's own words), status:500, wait:SECONDS (then accept), slow:SECONDS (accept, answer late), garbage,
    huge, redirect. `drop_every`: each n-th accepted message is dropped, for long runs.
    """

    def __init__(self, default: str = "accept", drop_every: int = 0):
        self.default = default
        self.drop_every = drop_every
        self._steps: deque[str] = deque()
        self._asked = 0
        self._lock = threading.Lock()

    def then(self, *steps: str) -> None:
        self._steps.extend(steps)

    def next(self) -> str:
        with self._lock:
            self._asked += 1
            if self._steps:
                return self._steps.popleft()
            return "drop" if self.drop_every and self._asked % self.drop_every == 0 else self.default


class Ledger:
    """What was accepted, in order."""

    def __init__(self):
        self._taken: list[Taken] = []
        self._answers: dict[str, tuple] = {}
        self._lock = threading.Lock()

    def write(self, taken: Taken) -> None:
        with self._lock:
            self._taken.append(taken)

    def once(self, key: str, taken: Taken) -> Taken:
        """As a carrier with keys does: the first is written down, a repeat gets the first one's answer."""
        with self._lock:
            if key not in self._answers:
                self._answers[key] = taken
                self._taken.append(taken)
            return self._answers[key]

    @property
    def taken(self) -> list[Taken]:
        with self._lock:
            return list(self._taken)

    def by_ref(self) -> Counter:
        """How often each ref was accepted: 1 is right, 2 means that somebody got it twice."""
        return Counter(taken.ref for taken in self.taken)

    def as_json(self) -> dict:
        taken = self.taken
        return {"by_ref": dict(Counter(one.ref for one in taken)), "taken": [asdict(one) for one in taken]}
