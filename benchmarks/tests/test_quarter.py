"""The pure parts of the simulated quarter."""

import datetime as dt
import json
from collections import Counter
from statistics import mean

import pytest

from benchmarks.bench import Bench
from benchmarks.quarter import counting, odds, outcomes, report
from benchmarks.quarter.odds import Person
from benchmarks.quarter.staging import Result
from benchmarks.quarter.town import Town
from benchmarks.suites import quarter
from common import clock
from scheduling.models import Appointment, AppointmentStatus

CROWD = [Person(1, number) for number in range(20_000)]


class _Ran:
    def __init__(self, missed: int):
        self.weeks, self.drift = [Counter(missed=missed, came=100 - missed, booked=100)] * 4, 0


def _missed(reminders: int, *, called: bool = False, people: list[Person] = CROWD) -> float:
    return sum(one.would_miss("a visit", reminders, called=called) for one in people) / len(people)


def test_without_reminders_as_many_miss_it_as_before_the_mission():
    assert _missed(0) == pytest.approx(odds.BASE, abs=0.01)


def test_one_reminder_has_the_published_effect():
    assert _missed(1) / _missed(0) == pytest.approx(0.77, abs=0.03)


def test_two_reminders_have_the_published_effect_on_those_at_risk():
    risky = [one for one in CROWD if one.is_at_risk]
    assert _missed(2, people=risky) / _missed(1, people=risky) == pytest.approx(0.82, abs=0.05)


def test_a_call_has_the_published_effect():
    assert _missed(1, called=True) / _missed(1) == pytest.approx(22.8 / 29.2, abs=0.04)


def test_as_many_have_no_number_and_miss_it_as_assumed_and_published():
    lost = [one for one in CROWD if not one.is_reachable]
    assert len(lost) / len(CROWD) == pytest.approx(odds.UNREACHABLE_SHARE, abs=0.01)
    assert _missed(0, people=lost) == pytest.approx(odds.UNREACHABLE, abs=0.05)


def test_leads_and_ages_turn_the_odds_without_changing_how_many_miss_it():
    leads, ages = range(odds.AHEAD[0], odds.AHEAD[1] + 1), range(odds.AGES[0], odds.AGES[1] + 1)
    assert mean(odds.turned(lead, age) for lead in leads for age in ages) == pytest.approx(1)
    assert odds.turned(14, 25) > 1.4 > 0.7 > odds.turned(2, 75)


def test_who_would_come_in_one_run_comes_with_more_reminders_too():
    assert all(one.would_miss("a", 0, called=False) for one in CROWD if one.would_miss("a", 2, called=False))


def test_cancellations_are_left_out_of_the_rate_of_no_shows():
    assert counting.share([Counter(missed=10, came=90, cancelled=50)], "no_show") == 10


def test_a_difference_is_that_of_each_seed_against_itself():
    on = [[Counter(missed=n, came=100 - n)] for n in (5, 10, 20)]
    off = [[Counter(missed=n + more, came=100 - n - more)] for n, more in ((5, 1), (10, 2), (20, 6))]
    found = counting.difference(on, off, "no_show")
    assert (found.value, found.low, found.high) == pytest.approx((3, 1, 6))


@pytest.mark.parametrize(("statuses", "refilled"), [("c", 0), ("cf", 1), ("ccn", 2), ("cc", 1), ("f", 0)])
def test_a_cancelled_place_is_refilled_when_somebody_else_had_it_afterwards(statuses, refilled):
    of = {"c": AppointmentStatus.CANCELLED, "f": AppointmentStatus.FULFILLED, "n": AppointmentStatus.NOSHOW}
    at, town = clock.at_wall(dt.date(2027, 3, 3), dt.time(9)), Town(1, [])
    outcomes.count_refilled(town, [Appointment(slot_id=1, status=of[one], starts_at=at) for one in statuses])
    assert town.counts[dt.date(2027, 3, 1)][counting.REFILLED] == refilled


def test_the_counts_of_every_week_and_seed_are_kept_in_the_file(tmp_path):
    bench = Bench(tmp_path, "sqlite")
    ran = Result([Counter(missed=1, came=3)], drift=0, done=Counter({"task call_risk": 2}), model={})
    quarter.note(bench, "everything on", [ran])
    kept = json.loads(json.dumps(bench.findings[0].as_json()))
    assert kept["value"] == 25
    assert kept["more"]["seeds"][0]["weeks"] == [{"missed": 1, "came": 3}]
    assert kept["more"]["seeds"][0]["done"] == {"task call_risk": 2}


def test_a_run_whose_pool_has_drifted_is_invalid(tmp_path):
    bench = Bench(tmp_path, "sqlite")
    quarter.note(bench, "everything on", [Result([Counter()], drift=1, done=Counter(), model={})])
    assert bench.findings[0].verdict == "INVALID"


@pytest.mark.parametrize(("missed", "said"), [(9, "beats it"), (12, "does NOT reach it")])
def test_the_report_says_that_it_is_a_simulation_and_whether_it_reaches_the_goal(missed, said):
    text = report.text({"everything on": [_Ran(missed)]}, "small", [1])
    assert text.startswith("**SIMULATION.**")
    assert said in text


def test_a_quick_run_says_nothing_of_the_goal():
    text = report.text({"everything on": [_Ran(5)]}, "small", [1], is_quick=True)
    assert "QUICK" in text
    assert "To beat" not in text
