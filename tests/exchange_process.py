"""Exchanges holds for another place, one at each line read: `python -m tests.exchange_process HOLD SLOT …`.

Says `ready`, then for each line of its input what came of the next pair: `ok`, or the code of the refusal.
"""

import sys
import uuid

import django

django.setup()

from accounts.services.actors import portal_user  # noqa: E402
from common.errors import Refusal  # noqa: E402
from scheduling.services import holds  # noqa: E402
from scheduling.services.origin import Origin  # noqa: E402


def exchange(hold: str, slot: str) -> str:
    try:
        holds.exchange(hold=uuid.UUID(hold), slot=uuid.UUID(slot), origin=Origin(portal_user(), "portal"))
    except Refusal as refusal:
        return refusal.code
    return "ok"


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main(pairs: list[str]) -> None:
    portal_user()  # the connection is open before the race begins
    say("ready")
    for hold, slot in zip(pairs[::2], pairs[1::2], strict=True):
        sys.stdin.readline()
        say(exchange(hold, slot))


if __name__ == "__main__":
    main(sys.argv[1:])
