"""When a patient should come: never a period of more than half an hour."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from scheduling.models import Slot
from scheduling.timetable import LONGEST_ARRIVAL, arrival

NINE = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)


def slot(minutes, capacity=1):
    return Slot(starts_at=NINE, ends_at=NINE + dt.timedelta(minutes=minutes), capacity=capacity)


@given(minutes=st.integers(1, 720), capacity=st.integers(1, 1000), place=st.integers(1, 1100))
def test_the_period_lies_in_the_slot_and_lasts_half_an_hour_at_most(minutes, capacity, place):
    asked = slot(minutes, capacity)
    begins, ends = arrival(asked, place)
    assert asked.starts_at <= begins < ends <= asked.ends_at
    assert ends - begins <= LONGEST_ARRIVAL


@given(minutes=st.integers(1, 720), capacity=st.integers(1, 100))
def test_nobody_comes_before_somebody_with_a_lower_place(minutes, capacity):
    asked = slot(minutes, capacity)
    begins = [arrival(asked, place)[0] for place in range(1, capacity + 3)]
    assert begins == sorted(begins)


def test_a_short_slot_is_its_own_period_and_a_long_one_is_cut_in_pieces():
    assert arrival(slot(15)) == (NINE, NINE + dt.timedelta(minutes=15))
    half = dt.timedelta(minutes=30)
    long = slot(120, capacity=8)
    assert [(arrival(long, place)[0] - NINE) // half for place in range(1, 10)] == [0, 0, 1, 1, 2, 2, 3, 3, 3]
