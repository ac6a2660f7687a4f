import datetime as dt
import random
from statistics import fmean

import pytest

from visits.services import encounters, waiting_times
from visits.services.waiting_times import Length, estimate
from visits.tests.factories import booked, clinic, counter, noon, waiting

NOW = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)


def test_with_nobody_in_front_the_wait_is_what_is_left_of_the_visit_inside():
    told = estimate(length=Length(10, 4), ahead=0, running_for=6, at=NOW)
    assert told.expected == 4
    assert (told.low, told.high) == (0, 10)


def test_a_visit_that_lasts_longer_than_usual_is_expected_to_end_soon_but_not_at_once():
    assert estimate(length=Length(10, 4), ahead=0, running_for=40, at=NOW).expected == 2.5


def test_nobody_inside_and_nobody_in_front_is_no_wait():
    told = estimate(length=Length(10, 25), ahead=0, running_for=None, at=NOW)
    assert (told.low, told.high, told.expected) == (0, 5, 0)


def test_the_range_grows_with_the_queue_slower_than_the_wait():
    near, far = (estimate(length=Length(10, 25), ahead=n, running_for=0, at=NOW) for n in (3, 12))
    assert far.expected == 130
    assert far.high - far.low < 4 * (near.high - near.low)


def test_the_range_holds_more_than_half_of_what_happens():
    rng, length = random.Random(7), Length(10, 36)
    inside = 0
    for _ in range(400):
        happened = sum(rng.gammavariate(100 / 36, 3.6) for _ in range(6))
        told = estimate(length=length, ahead=6, running_for=None, at=NOW)
        inside += told.low <= happened <= told.high
    assert 0.55 <= inside / 400 <= 0.85


def test_who_is_due_before_somebody_and_may_still_come_makes_the_wait_longer_by_half_a_visit():
    due = [NOW - dt.timedelta(minutes=5), NOW + dt.timedelta(minutes=5)]
    told = estimate(length=Length(10, 4), ahead=1, running_for=None, at=NOW, missing=due)
    assert told.expected == 10 + 2 * 10 * waiting_times.SHOW


def test_who_would_come_only_after_somebody_was_called_does_not_count():
    far = [NOW + dt.timedelta(minutes=60)]
    assert estimate(length=Length(10, 4), ahead=1, running_for=None, at=NOW, missing=far).expected == 10


@pytest.mark.django_db
def test_only_who_is_due_earlier_and_not_too_late_counts_as_still_to_come():
    session = clinic()
    waiting(session, 20)
    booked(session, 10), booked(session, 30), booked(session, -15)  # earlier; later; late, so behind by arrival
    planned = session.service.length_minutes
    told = waiting_times.of_session(session, noon())
    assert [one.expected for one in told.values()] == [planned * waiting_times.SHOW]


@pytest.mark.django_db
def test_before_enough_is_known_the_planned_length_counts():
    session = clinic()
    waiting(session), waiting(session, 15)
    told = waiting_times.of_session(session, noon())
    planned = session.service.length_minutes
    assert [one.expected for one in told.values()] == [0, planned]


@pytest.mark.django_db
def test_measured_lengths_of_this_practitioner_and_service_count_when_there_are_enough():
    session = clinic()
    for minutes in range(waiting_times.ENOUGH):
        entry = waiting(session, minutes)
        begun = noon() - dt.timedelta(minutes=60)
        encounters.start(entry=entry, origin=counter(), at=begun)
        encounters.finish(
            entry=entry, outcome="treated", origin=counter(), at=begun + dt.timedelta(minutes=4 + minutes)
        )
    length = waiting_times.length_of(session, noon())
    assert length.mean == fmean(4 + minutes for minutes in range(waiting_times.ENOUGH))


@pytest.mark.django_db
def test_a_queue_is_estimated_in_a_fixed_number_of_statements(django_assert_num_queries):
    session = clinic()
    for minutes in range(4):
        waiting(session, minutes)
    with django_assert_num_queries(4):  # lengths, visits inside, tickets, who is booked and not here yet
        assert len(waiting_times.of_session(session, noon())) == 4
