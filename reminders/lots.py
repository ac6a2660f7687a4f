"""Who falls where, by lot: always the same people, however often one asks."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from messaging.models import Delivery

SHARES = 10_000  # so finely a group can be cut
HELD_OUT = "held_out"  # why a delivery of a ladder's step ended: the lot fell on it
PERCENT = "holdout"  # in what a delivery keeps of its step: of how many in a hundred
MOST = 2**31 - 1  # what the column holds


@dataclass(frozen=True)
class Lot:
    """Three numbers that have nothing to do with each other: place in the line, share of the hold-out group, words."""

    place: int
    share: int
    words: int

    def is_held_out(self, percent: int) -> bool:
        """Of those who are told nothing?"""
        return self.share < percent * SHARES // 100

    def variant(self, weights: Sequence[int]) -> int:
        """Which of several, each with its weight."""
        left = self.words % sum(weights)
        for number, weight in enumerate(weights):
            if left < weight:
                return number
            left -= weight
        raise ValueError("weights are positive")


def draw(campaign: UUID, patient: int) -> Lot:
    """The person's lot in this campaign."""
    digest = hashlib.sha256(f"{campaign.hex}:{patient}".encode()).digest()
    place, share, words = (int.from_bytes(digest[start : start + 4]) for start in (0, 4, 8))
    return Lot(place & MOST, share % SHARES, words)


def is_left_out(row: Delivery) -> bool:
    """Did the lot fall on this delivery?"""
    return falls_on(row.key, row.context.get(PERCENT, 0))


def falls_on(key: str, percent: int) -> bool:
    """Does the lot fall on this key (of step, booking and its version), as on `percent` in a hundred?"""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    return number < percent * 2**64 // 100
