"""Who falls where, by lot. Pure: the same person falls the same way in the same campaign, however often it is asked."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

SHARES = 10_000  # so finely a group can be cut
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
