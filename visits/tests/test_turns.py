"""Who comes first: the written rule, line by line."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as some

from visits.models import Priority, VisitKind
from visits.services import turns

DUE = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)


def turn(minutes_late: int = 0, kind: str = VisitKind.BOOKED, priority: str = Priority.NONE) -> int:
    """Minutes after the time of the appointment."""
    at = turns.turn(kind=kind, priority=priority, due=DUE, arrived=DUE + dt.timedelta(minutes=minutes_late))
    return int((at - DUE).total_seconds() // 60)


def test_coming_early_gains_nothing():
    assert turn(-60) == turn(0) == 0


def test_a_few_minutes_late_lose_nothing():
    assert turn(10) == 0


def test_who_is_late_is_placed_by_arrival():
    assert turn(11) == 11
    assert turn(45) == 45


def test_a_walk_in_is_placed_by_arrival():
    assert turn(-20, VisitKind.WALK_IN) == -20
    assert turn(5, VisitKind.WALK_IN) == 5


def test_who_is_back_with_results_is_taken_in_between():
    assert turn(60, VisitKind.RESULTS) == 30


@pytest.mark.parametrize("priority", [Priority.OLD, Priority.FRAIL])
def test_old_and_frail_people_have_a_head_start(priority):
    assert turn(0, priority=priority) == -15


def test_an_urgent_one_comes_before_everybody():
    assert turn(600, priority=Priority.URGENT) < turn(-600, VisitKind.WALK_IN, Priority.OLD)


@pytest.mark.parametrize(
    ("age", "asked", "given"), [(74, "", ""), (75, "", "old"), (None, "", ""), (90, "urgent", "urgent")]
)
def test_priority_is_by_age_unless_the_counter_says_otherwise(age, asked, given):
    assert turns.priority_of(age, asked) == given


@given(
    some.integers(-300, 300),
    some.integers(-300, 300),
    some.sampled_from(VisitKind.values),
    some.sampled_from(Priority.values),
)
def test_coming_later_never_brings_anybody_forward(first, second, kind, priority):
    early, late = sorted((first, second))
    assert turn(early, kind, priority) <= turn(late, kind, priority)
