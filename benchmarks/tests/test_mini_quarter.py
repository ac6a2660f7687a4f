"""A few days of the simulated quarter in a very small hospital: does each switch switch its part, and only that?"""

import pytest

from benchmarks.quarter import counting, staging
from benchmarks.quarter.hospital_days import Demand
from benchmarks.quarter.parts import ALL, NAMES, Parts, prepare
from benchmarks.quarter.staging import Result, Size
from reminders.models import Step

pytestmark = pytest.mark.django_db  # so that there is a database; most tests read nothing from it
MINI = Size(days=4, past=5, practitioners=1, hours=(8, 9), minutes=10, people=60, demand=Demand(0.9, 0.3))
RUNS = {
    "on": ALL,
    "off": Parts(*(False for _name in NAMES)),
    "one half": Parts(second=False, offers=False, follow_up=False),
    "other half": Parts(answers=False, at_risk=False),
}
KINDS = {
    "reminders": ("reminder", "task call_risk", "answer to reminder"),
    "second": ("reminder 24 h",),
    "answers": ("answer to reminder",),
    "at_risk": ("task call_risk", "reminder 48 h at_risk"),
    "offers": ("offer", "answer to offer", "task call_offer"),
    "follow_up": ("missed", "answer to missed", "task call_missed"),
}


@pytest.fixture(scope="module")
def ran(django_db_setup, django_db_blocker) -> dict[str, Result]:
    """By name; nothing of it stays in the database."""
    with django_db_blocker.unblock(), staging.taken_back():
        return dict(staging.run_all(MINI, 2, RUNS, staging.build(MINI)))


def _done(result: Result, part: str) -> list[str]:
    return [name for name in result.done if name.startswith(KINDS[part])]


def test_fewer_visits_are_missed_with_the_loop_than_without(ran):
    assert counting.share(ran["on"].weeks, "no_show") < counting.share(ran["off"].weeks, "no_show")


@pytest.mark.parametrize("part", NAMES)
def test_a_part_sends_something_where_it_is_on_and_nothing_of_its_kind_where_it_is_off(ran, part):
    for name, parts in RUNS.items():
        assert bool(_done(ran[name], part)) == getattr(parts, part), name


def test_people_have_a_past_in_which_they_missed_visits_so_that_some_are_riskier_than_others(ran):
    assert all(counting.a_week(one.weeks, counting.RISK_FROM) > 0 for one in ran.values())


def test_about_the_riskiest_share_is_spoken_to_as_at_risk_where_that_is_on(ran):
    shares = {name: counting.share(one.weeks, "at_risk") for name, one in ran.items()}
    assert (shares["off"], shares["other half"]) == (0, 0)
    assert 5 < shares["on"] < 50


def test_the_same_seed_gives_the_same_run_again(ran, django_db_blocker):
    with django_db_blocker.unblock(), staging.taken_back():
        again = dict(staging.run_all(MINI, 2, {"off": RUNS["off"]}, staging.build(MINI)))
    assert again["off"].weeks == ran["off"].weeks


def test_as_many_are_at_risk_as_a_run_says():
    prepare(Parts(riskiest_percent=15))
    assert set(Step.objects.values_list("audience", "riskiest_percent")) == {("all", 20), ("at_risk", 15)}


def test_no_run_leaves_the_pool_of_places_in_disorder(ran):
    assert {name: one.drift for name, one in ran.items() if one.drift} == {}
