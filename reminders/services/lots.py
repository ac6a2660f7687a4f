"""Who is left out of a step by lot, so that its effect can be seen: always the same people, however often one asks."""

import hashlib

from messaging.models import Delivery

HELD_OUT = "held_out"  # why a delivery ended: the lot fell on it
PERCENT = "holdout"  # in what a delivery keeps of its step


def is_left_out(row: Delivery) -> bool:
    """Did the lot fall on this delivery?"""
    return falls_on(row.key, row.context.get(PERCENT, 0))


def falls_on(key: str, percent: int) -> bool:
    """Does the lot fall on this key (of step, booking and its version), as on `percent` in a hundred?"""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    return number < percent * 2**64 // 100
