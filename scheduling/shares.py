"""The arithmetic of channel shares: no Django, no database.

One session is one pool. A share keeps `reserved` of its places for a channel, and lets that channel have at most
`cap`, until `melts_at`; from then on every place is everybody's. So no stock is split and none can be wasted.
"""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """What a rule means for one session. `name` is how the refusal calls it."""

    name: str
    channel: str
    reserved: int
    cap: int
    melts_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many places a channel may take now; when none: by which rule, since it has its share or others keep theirs,
    and from when (aware) a place is open to it."""

    places: int
    share: Share | None = None
    is_own_cap: bool = False
    opens_at: dt.datetime | None = None


def of_percent(places: int, percent: int) -> int:
    """Places that `percent` of a session are; rounded down, so that several shares never exceed the session."""
    return places * percent // 100


def open_to(channel: str, *, free: int, taken: dict[str, int], shares: list[Share], at: dt.datetime) -> Verdict:
    """How many of the `free` places of a session `channel` may take at `at`.

    taken: live claims by channel. What other channels keep and have not used is not for us; our own cap counts
    what we already have.
    """
    standing = [share for share in shares if at < share.melts_at]
    places = _places(channel, free, taken, standing)
    if places > 0 or free <= 0:
        return Verdict(max(0, places))
    share, own = _culprit(channel, taken, standing)
    return Verdict(0, share, own, _opens_at(channel, free, taken, standing))


def _places(channel: str, free: int, taken: dict[str, int], standing: list[Share]) -> int:
    return min(free - _kept_from(channel, taken, standing), _left_of_cap(channel, taken, standing, free))


def _kept_from(channel: str, taken: dict[str, int], standing: list[Share]) -> int:
    """Places that other channels still keep; the largest rule of each channel counts, not their sum."""
    kept: dict[str, int] = {}
    for share in standing:
        if share.channel != channel:
            kept[share.channel] = max(kept.get(share.channel, 0), share.reserved - taken.get(share.channel, 0))
    return sum(kept.values())


def _left_of_cap(channel: str, taken: dict[str, int], standing: list[Share], free: int) -> int:
    caps = [share.cap - taken.get(channel, 0) for share in standing if share.channel == channel]
    return min([free, *caps])


def _culprit(channel: str, taken: dict[str, int], standing: list[Share]) -> tuple[Share, bool]:
    """The rule to name: our own used-up cap first, else the largest share that somebody keeps."""
    for share in standing:
        if share.channel == channel and share.cap <= taken.get(channel, 0):
            return share, True
    others = [share for share in standing if share.channel != channel]
    return max(others, key=lambda share: share.reserved - taken.get(share.channel, 0)), False


def _opens_at(channel: str, free: int, taken: dict[str, int], standing: list[Share]) -> dt.datetime | None:
    """The first melting after which a place is open, if nothing else changes."""
    for moment in sorted({share.melts_at for share in standing}):
        if _places(channel, free, taken, [share for share in standing if share.melts_at > moment]) > 0:
            return moment
    return None
