"""So many requests a minute per key."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from common import counting

WINDOW = 60  # seconds


class PerKey(BaseThrottle):
    """Counts requests of a key in the current minute."""

    def allow_request(self, request: Request, view) -> bool:
        """False above settings.API_RATE requests a minute."""
        return counting.count(f"api:{request.auth.prefix}", WINDOW) <= settings.API_RATE

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return counting.seconds_left(WINDOW)
