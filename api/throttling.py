"""So many requests a minute per key."""

import time

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW = 60  # seconds


class PerKey(BaseThrottle):
    """Counts requests of a key in the current minute: one number in the cache, whatever the limit.

    The cache of a process without Redis is its own, so there each web process counts for itself.
    """

    def allow_request(self, request: Request, view) -> bool:
        """False above settings.API_RATE requests a minute."""
        now = time.time()
        self.left = WINDOW - now % WINDOW
        return count(f"api:{request.auth.prefix}:{int(now // WINDOW)}") <= settings.API_RATE

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return self.left


def count(name: str) -> int:
    """How often this was called with `name`, this time included."""
    try:
        return cache.incr(name)
    except ValueError:  # the first of its minute
        cache.add(name, 0, WINDOW * 2)
        return cache.incr(name)
