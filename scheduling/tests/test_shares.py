"""The arithmetic of shares, for any rules: what must hold whatever a hospital writes into them."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from scheduling.shares import Share, of_percent, open_to

VISIT = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
CHANNELS = ["desk", "portal", "phone"]
hours = st.integers(1, 240)


@st.composite
def share(draw, places=20):
    cap = draw(st.integers(0, places))
    melts_at = VISIT - dt.timedelta(hours=draw(hours))
    return Share("rule", draw(st.sampled_from(CHANNELS)), draw(st.integers(0, cap)), cap, melts_at)


shares = st.lists(share(), max_size=5)
taken = st.dictionaries(st.sampled_from(CHANNELS), st.integers(0, 20))
moments = hours.map(lambda n: VISIT - dt.timedelta(hours=n))
channels = st.sampled_from(CHANNELS)


def places(channel, free, taken, shares, at):
    return open_to(channel, free=free, taken=taken, shares=shares, at=at).places


@given(channels, st.integers(0, 20), taken, shares, moments)
def test_nobody_is_given_more_than_is_free(channel, free, taken, shares, at):
    assert 0 <= places(channel, free, taken, shares, at) <= free


@given(channels, st.integers(0, 20), taken, shares)
def test_after_all_has_melted_everybody_has_all(channel, free, taken, shares):
    melted = max((share.melts_at for share in shares), default=VISIT)
    assert places(channel, free, taken, shares, melted) == free


@given(channels, st.integers(0, 20), taken, shares, moments, moments)
def test_waiting_never_closes_a_place(channel, free, taken, shares, one, other):
    early, late = sorted((one, other))
    assert places(channel, free, taken, shares, early) <= places(channel, free, taken, shares, late)


@given(channels, st.integers(0, 20), taken, shares, moments)
def test_a_channel_stays_within_its_cap(channel, free, taken, shares, at):
    caps = [share.cap for share in shares if share.channel == channel and at < share.melts_at]
    given_now = places(channel, free, taken, shares, at)
    assert given_now == 0 or all(taken.get(channel, 0) + given_now <= cap for cap in caps)


@given(channels, st.integers(1, 20), taken, shares, moments)
def test_a_refusal_names_a_rule_and_the_moment_from_which_a_place_is_open(channel, free, taken, shares, at):
    verdict = open_to(channel, free=free, taken=taken, shares=shares, at=at)
    if verdict.places:
        return
    assert verdict.share in shares
    assert verdict.is_own_cap == (verdict.share.channel == channel)
    assert places(channel, free, taken, shares, verdict.opens_at) > 0
    assert places(channel, free, taken, shares, verdict.opens_at - dt.timedelta(seconds=1)) == 0


@given(shares, st.integers(1, 30), st.lists(channels, max_size=60), moments)
def test_kept_places_are_never_sold_to_others(shares, capacity, callers, at):
    """Whoever comes, and in whatever order: what a rule keeps is still there for its channel at the end."""
    kept = {c: max([s.reserved for s in shares if s.channel == c and at < s.melts_at], default=0) for c in CHANNELS}
    taken = dict.fromkeys(CHANNELS, 0)
    for channel in callers:
        free = capacity - sum(taken.values())
        if places(channel, free, taken, shares, at):
            taken[channel] += 1
    assert sum(taken.values()) <= capacity
    if sum(kept.values()) <= capacity:
        assert capacity - sum(taken.values()) >= sum(max(0, kept[c] - taken[c]) for c in CHANNELS)


@given(shares, st.integers(1, 30), moments)
def test_a_channel_always_gets_what_is_kept_for_it(shares, capacity, at):
    kept = {c: max([s.reserved for s in shares if s.channel == c and at < s.melts_at], default=0) for c in CHANNELS}
    if sum(kept.values()) > capacity:
        return
    for channel in CHANNELS:
        caps = [s.cap for s in shares if s.channel == channel and at < s.melts_at]
        assert places(channel, capacity, {}, shares, at) >= min([kept[channel], *caps])


@given(st.lists(st.integers(0, 100), min_size=1, max_size=8), st.integers(0, 1000))
def test_percentages_of_at_most_a_hundred_never_exceed_the_session(percents, capacity):
    if sum(percents) <= 100:
        assert sum(of_percent(capacity, percent) for percent in percents) <= capacity
    assert of_percent(capacity, 100) == capacity
    assert of_percent(capacity, 0) == 0


def test_without_rules_every_place_is_everybodys():
    assert places("portal", 7, {"desk": 3}, [], VISIT) == 7
