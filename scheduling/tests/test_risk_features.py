"""What may be known of a booking, and what may not."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scheduling.risk import features
from scheduling.risk.features import NAMES
from scheduling.risk.table import DAY, UNKNOWN
from scheduling.tests.risk_data import table_of

START = 20_000  # a day


@st.composite
def bookings(draw):
    """A few bookings of few people in few days, so that they have much to do with each other."""
    day = draw(st.integers(START, START + 8))
    lead = draw(st.sampled_from((0, 0.3, 0.9, 1, 1.5, 2, 4)))
    return {
        "day": day,
        "asked": day + 0.9 - lead,
        "patient": draw(st.integers(1, 3)),
        "service": draw(st.integers(1, 2)),
        "outcome": draw(st.sampled_from((UNKNOWN, 0, 1))),
    }


def of(row: int, *rows: dict) -> list[float]:
    return features.build(table_of(*rows))[row].tolist()


def named(row: int, *rows: dict) -> dict:
    return dict(zip(NAMES, of(row, *rows), strict=True))


@given(st.lists(bookings(), min_size=1, max_size=12), st.data())
def test_outcomes_of_the_score_day_and_later_change_nothing(rows, data):
    known_until = int(max(rows[0]["day"] - 1, rows[0]["asked"]))  # the day of the score moment
    other = [
        {**row, "outcome": data.draw(st.sampled_from((UNKNOWN, 0, 1)))} if row["day"] >= known_until else row
        for row in rows
    ]
    assert of(0, *rows) == of(0, *other)


@given(st.lists(bookings(), min_size=1, max_size=8), st.lists(bookings(), min_size=1, max_size=4))
def test_bookings_made_after_the_score_moment_or_for_later_days_change_nothing(rows, others):
    moment = table_of(*rows).moment[0] / DAY
    late = [
        {**other, "outcome": UNKNOWN, "day": max(other["day"], int(moment)), "made": max(other["asked"], moment)}
        for other in others
    ]
    later = [{**other, "day": rows[0]["day"] + 1, "made": START - 9} for other in others]
    assert of(0, *rows) == of(0, *rows, *late) == of(0, *rows, *later)


@given(st.lists(bookings(), min_size=1, max_size=5), st.randoms())
def test_the_order_of_the_rows_changes_nothing(rows, rng):
    order = list(range(len(rows)))
    rng.shuffle(order)
    assume(len({(row["patient"], row["day"]) for row in rows}) == len(rows))  # else: which of two was the last?
    shuffled = features.build(table_of(*(rows[place] for place in order)))
    assert np.allclose(features.build(table_of(*rows))[order], shuffled, atol=1e-6)


def test_an_outcome_of_an_earlier_day_does_count():
    ahead = {"day": START + 9}
    came, missed = (named(0, ahead, {"day": START, "outcome": outcome}) for outcome in (0, 1))
    assert (came["known"], came["missed"], came["last"], came["since"]) == (1, 0, 0, 9)
    assert (missed["known"], missed["missed"], missed["last"]) == (1, 1, 1)
    assert missed["record"] > 0 > came["record"]


def test_the_outcome_of_the_day_before_the_visit_is_not_known_the_day_before():
    ahead = {"day": START + 9}
    assert named(0, ahead, {"day": START + 8, "outcome": 1})["known"] == 0
    assert named(0, ahead, {"day": START + 7, "outcome": 1})["known"] == 1


def test_who_books_on_the_day_itself_is_scored_then():
    today = {"day": START + 9, "asked": START + 9.4}
    assert named(0, today, {"day": START + 8, "outcome": 1})["known"] == 1
    assert named(0, today, {"day": START + 9, "outcome": 1})["known"] == 0


def test_a_visit_that_is_still_far_is_scored_as_of_now():
    ahead, past = {"day": START + 9, "asked": START}, {"day": START + 4, "outcome": 1}
    table = table_of(ahead, past, at=(START + 4) * DAY + 7200)
    assert features.build(table)[0][NAMES.index("known")] == 0


def test_other_visits_of_the_day_and_those_booked_with_it_are_counted():
    mine = {"day": START + 9, "asked": START}
    twin, earlier = {"day": START + 9, "asked": START + 2, "service": 2}, {"day": START + 7, "asked": START}
    found = named(0, mine, twin, earlier)
    assert (found["same_day"], found["same_clinic"], found["batch"]) == (1, 0, 1)


def test_sex_is_no_feature():
    rows = [{"day": START + n, "outcome": n % 2, "sex": 0} for n in range(6)]
    assert np.array_equal(
        features.build(table_of(*rows)), features.build(table_of(*({**row, "sex": 1} for row in rows)))
    )


@pytest.mark.parametrize("word", ["sex", "sms", "welfare", "diagnos", "message", "name"])
def test_no_feature_is_called_after_what_is_never_used(word):
    assert not [name for name in NAMES if word in name]


def test_a_clinic_where_many_stay_away_is_known_for_it():
    rows = [{"day": START, "patient": n, "service": 1 + n % 2, "outcome": n % 2} for n in range(40)]
    lazy, keen = (named(0, {"day": START + 9, "patient": 99, "service": one}, *rows)["clinic"] for one in (2, 1))
    assert lazy > 0 > keen
