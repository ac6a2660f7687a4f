"""How often something happened lately, for limits: one number in the cache, whatever the limit.

The cache of a process without Redis is its own, so there each web process counts for itself.
"""

import time

from django.core.cache import cache


def count(name: str, window: int) -> int:
    """How often this was called with `name` in the current window of so many seconds, this time included."""
    key = _key(name, window)
    try:
        return cache.incr(key)
    except ValueError:  # the first of its window
        cache.add(key, 0, window * 2)
        return cache.incr(key)


def counted(name: str, window: int) -> int:
    """The same without counting this time."""
    return cache.get(_key(name, window), 0)


def seconds_left(window: int) -> float:
    """Until the next window begins."""
    return window - time.time() % window


def _key(name: str, window: int) -> str:
    return f"{name}:{int(time.time() // window)}"
