"""One run of a worker over what is due."""

import time

from common import clock
from messaging.services.sending import carrying, claiming, recording, settling
from messaging.services.sending.world import Carriers

SECONDS = 20.0  # in which a run begins new turns; a turn can last 39 s, and the queue ends a task after 60 s
ALONE = 15.0  # seconds of a turn in which messages that go out one by one are begun


def drain(*, seconds: float = SECONDS) -> bool:
    """Send what is due, most urgent first, until nothing is due or the time is over. True: there is more to do.

    May run in any number of processes at once, and be killed at any moment.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not turn():
            return False
    return True


def turn() -> int:
    """One turn: some that are due, some that are to be settled. Returns how many deliveries it dealt with."""
    carriers = Carriers()
    sends, decided = claiming.claim(carriers, clock.now())
    if sends:
        for said in carrying.carry(sends, carriers, time.monotonic() + ALONE):
            recording.record(said, clock.now())
    return decided + settling.settle(carriers, clock.now())
