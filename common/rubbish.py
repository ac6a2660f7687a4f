"""When Python looks for what only refers to itself: between requests, not in the middle of one.

A drawn page is rubbish at once, but refers to itself (Django's contexts do). Left to itself Python looks for that while
the next page is drawn, through everything that is alive: 70 to 400 ms of a day board.
"""

import gc
from itertools import count

NET = 1_000_000  # objects more than before, at which it looks in the middle of a request all the same
MUCH = 20_000  # left behind by requests: worth a look (about 10 ms)
FULL = 50  # each so many looks go through what was alive at an earlier one too

_looks = count(1)


def settle() -> None:
    """For a process that answers requests, when all is loaded: what it holds from now on is rubbish never."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NET)


def sweep() -> None:
    """After an answer has gone out."""
    if gc.get_count()[0] > MUCH:
        gc.collect(2 if next(_looks) % FULL == 0 else 1)
