"""Wall clocks, on the days on which they jump."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from common import clock
from scheduling import timetable

ZONES = ["America/New_York", "Europe/Berlin", "Asia/Shanghai", "Australia/Lord_Howe"]
JUMPS = [dt.date(2026, 3, 8), dt.date(2026, 11, 1), dt.date(2026, 3, 29), dt.date(2026, 10, 25), dt.date(2026, 4, 5)]
MONTH_ENDS = [dt.date(2026, 1, 31), dt.date(2026, 2, 28), dt.date(2028, 2, 29), dt.date(2026, 12, 31)]
days = st.one_of(st.sampled_from(JUMPS + MONTH_ENDS), st.dates(dt.date(2020, 1, 1), dt.date(2037, 12, 31)))
times = st.times().map(lambda time: time.replace(second=0, microsecond=0, fold=0))
zones = st.sampled_from(ZONES)


def within(zone):
    """The hospital stands in another zone; Django forgets the old one when the setting changes."""
    return override_settings(TIME_ZONE=zone)


def shown(at, zone):
    return at.astimezone(ZoneInfo(zone))


def exists(day, time, zone):
    wall = dt.datetime.combine(day, time, tzinfo=ZoneInfo(zone))
    return wall.astimezone(dt.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall.replace(tzinfo=None)


@given(days, times, zones)
@example(dt.date(2026, 3, 8), dt.time(2, 30), "America/New_York")
@example(dt.date(2026, 10, 25), dt.time(2, 30), "Europe/Berlin")
def test_a_wall_clock_time_that_exists_is_what_the_clocks_show(day, time, zone):
    with within(zone):
        local = shown(clock.at_wall(day, time), zone)
    if exists(day, time, zone):
        assert (local.date(), local.time(), local.fold) == (day, time, 0)
    else:
        assert dt.timedelta(0) < local.replace(tzinfo=None) - dt.datetime.combine(day, time) <= dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "day", "time", "instant"),
    [
        ("America/New_York", dt.date(2026, 3, 8), dt.time(2, 30), "2026-03-08T07:30:00+00:00"),  # becomes 03:30 EDT
        ("America/New_York", dt.date(2026, 11, 1), dt.time(1, 30), "2026-11-01T05:30:00+00:00"),  # the first, EDT
        ("Europe/Berlin", dt.date(2026, 3, 29), dt.time(2, 30), "2026-03-29T01:30:00+00:00"),  # becomes 03:30 CEST
        ("Europe/Berlin", dt.date(2026, 10, 25), dt.time(2, 30), "2026-10-25T00:30:00+00:00"),  # the first, CEST
        ("Asia/Shanghai", dt.date(2026, 3, 8), dt.time(2, 30), "2026-03-07T18:30:00+00:00"),
    ],
)
def test_clocks_that_jump(zone, day, time, instant):
    with within(zone):
        assert clock.at_wall(day, time).isoformat() == instant


@given(days, zones)
def test_days_follow_each_other_without_a_gap(day, zone):
    with within(zone):
        start, end = clock.day_bounds(day)
        assert clock.day_bounds(day + dt.timedelta(days=1))[0] == end
        assert clock.today(start) == day
        assert clock.today(end - dt.timedelta(microseconds=1)) == day
    assert end - start in [dt.timedelta(minutes=n) for n in (1380, 1410, 1440, 1470, 1500)]


@given(days, times, times, st.integers(1, 240), zones)
def test_slots_are_equal_in_length_in_order_and_inside_the_session(day, one, other, minutes, zone):
    starts, ends = sorted((one, other))
    with within(zone):
        start, end = timetable.span(day, starts, ends)
    slots = timetable.cut(start, end, minutes)
    assert all(till - since == dt.timedelta(minutes=minutes) for since, till in slots)
    assert all(first[1] == second[0] for first, second in pairwise(slots))
    assert not slots or (slots[0][0] == start and slots[-1][1] <= end)
    assert end - (slots[-1][1] if slots else start) < dt.timedelta(minutes=minutes)


@given(st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31)), zones)
def test_office_hours_begin_at_the_same_wall_clock_on_every_day(day, zone):
    """Clocks jump at night: a morning's slots stand at nine, a quarter past and so on, summer and winter."""
    with within(zone):
        slots = timetable.cut(*timetable.span(day, dt.time(9), dt.time(10)), 15)
    shown_times = [shown(start, zone).time() for start, _end in slots]
    assert shown_times == [dt.time(9), dt.time(9, 15), dt.time(9, 30), dt.time(9, 45)]


@pytest.mark.parametrize(
    ("zone", "day", "count"),
    [
        ("America/New_York", dt.date(2026, 3, 8), 2),  # 01:00 to 04:00 lasts two hours
        ("America/New_York", dt.date(2026, 11, 1), 4),  # and four in autumn
        ("Europe/Berlin", dt.date(2026, 3, 29), 2),
        ("Europe/Berlin", dt.date(2026, 10, 25), 4),
        ("Asia/Shanghai", dt.date(2026, 3, 8), 3),
    ],
)
def test_a_night_session_has_as_many_slots_as_the_night_has_hours(zone, day, count):
    with within(zone):
        assert len(timetable.cut(*timetable.span(day, dt.time(1), dt.time(4)), 60)) == count


def test_a_session_that_the_clocks_jump_over_does_not_take_place():
    with within("America/New_York"):
        start, end = timetable.span(dt.date(2026, 3, 8), dt.time(2), dt.time(3))
    assert end - start <= dt.timedelta(hours=1)
    with within("America/New_York"):
        start, end = timetable.span(dt.date(2026, 3, 8), dt.time(2, 30), dt.time(3))
    assert start == end
    assert timetable.cut(start, end, 15) == []


def test_the_zone_of_the_tests_is_the_hospitals_again():
    assert timezone.get_default_timezone_name() == "Asia/Shanghai"
