"""How often Python looks for what only refers to itself."""

import gc

EVERY = 50_000  # objects more than before; Python's own 700 has it look thirty times while the day board is drawn


def settle() -> None:
    """For a process that answers requests, when all is loaded: what it holds from now on is rubbish never.

    A drawn page is rubbish at once, but refers to itself (Django's contexts do). Looked for every 700 objects, every
    fourth board waited 0.1 s for a search through everything.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(EVERY)
