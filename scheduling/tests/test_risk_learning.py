"""Learning, measuring and their commands."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from common import clock
from scheduling.models import Appointment, RiskModel
from scheduling.risk import learning, reading, scoring, training, weekly
from scheduling.risk.errors import AlreadyLearnt, DayAhead, DaysInDisorder, NoRiskModel, NothingKnown
from scheduling.risk.table import number_of
from scheduling.tests.risk_data import add_visits, yesterday

DAY = dt.timedelta(days=1)


@pytest.fixture
def few():
    return add_visits(10, 10, last=yesterday())


@pytest.fixture
def many(monkeypatch):
    """Enough to learn from; the trees too, at less than the real number."""
    monkeypatch.setattr(training, "ENOUGH_FOR_TREES", 1_200)
    return add_visits(20, 40, last=yesterday())


def test_below_a_thousand_outcomes_the_point_score_stays(few):
    made = learning.train(until=yesterday())
    assert (made.kind, made.visits, made.card["all"]["count"]) == ("points", 200, 200)


def test_from_a_thousand_on_a_regression_is_learnt_and_later_trees_with_it(many):
    assert learning.train(until=yesterday() - 6 * DAY).kind == "linear"
    assert learning.train(until=yesterday()).kind == "blend"


def test_what_is_learnt_finds_who_stays_away(many):
    learning.train(until=yesterday() - 3 * DAY)
    found = scoring.evaluate(first=yesterday() - DAY, last=yesterday())
    assert found["all"]["auc"] > 0.6
    assert found["all"]["auc"] > found["lead_table"]["all"]["auc"]


def test_the_card_is_measured_on_days_that_its_model_had_not_seen(many, monkeypatch):
    seen = []
    monkeypatch.setattr(training, "fit", lambda *given: seen.append(len(given[2])) or FIT(*given))
    made = learning.train(until=yesterday())
    early, every = seen
    assert (every, made.card["all"]["count"]) == (1_600, every - early)
    assert made.card["all"]["count"] <= 0.2 * every + 80  # a fifth, and the rest of its first day


FIT = training.fit


def test_days_after_the_last_one_to_learn_from_change_nothing(many):
    until = yesterday() - 5 * DAY
    before = learning.train(until=until)
    later = Appointment.objects.filter(starts_at__gte=clock.day_bounds(until)[1])
    later.filter(status="fulfilled").update(status="noshow")
    after = learning.train(until=until)
    assert (before.parameters, before.card) == (after.parameters, after.card)


def test_every_version_keeps_its_card(few):
    first = learning.train(until=yesterday() - 5 * DAY)
    second = learning.train(until=yesterday())
    assert (first.version, second.version) == (1, 2)
    first.refresh_from_db()
    assert first.card["all"]["count"] < second.card["all"]["count"]
    assert RiskModel.objects.current() == second


def test_a_card_tells_departments_sexes_ages_tenths_and_lists(many):
    card = learning.train(until=yesterday()).card
    assert {row["key"] for row in card["departments"]} == set(
        Appointment.objects.values_list("slot__service__department", flat=True)
    )
    assert card["sexes"]
    assert card["ages"]
    assert len(card["calibration"]) == 10
    assert [row["percent"] for row in card["lifts"]] == [10, 20, 30]


def test_no_two_models_have_one_version(few):
    made = learning.train(until=yesterday())
    made.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)


def test_nothing_known_teaches_nothing():
    with pytest.raises(NothingKnown):
        learning.train(until=yesterday())


def test_a_day_that_is_not_over_teaches_nothing():
    with pytest.raises(DayAhead):
        learning.train(until=clock.today())


def test_what_cannot_be_measured_is_refused(few):
    with pytest.raises(NoRiskModel):
        scoring.evaluate(first=yesterday(), last=yesterday())
    learning.train(until=yesterday() - DAY)
    with pytest.raises(AlreadyLearnt):
        scoring.evaluate(first=yesterday() - DAY, last=yesterday())
    with pytest.raises(DaysInDisorder):
        scoring.evaluate(first=yesterday(), last=yesterday() - DAY)
    with pytest.raises(NothingKnown):
        scoring.evaluate(first=clock.today(), last=clock.today() + DAY)


def test_an_older_model_can_be_measured(few):
    for back in (4, 2):
        learning.train(until=yesterday() - back * DAY)
    found = scoring.evaluate(first=yesterday() - 3 * DAY, last=yesterday(), version=1)
    assert found["model"]["version"] == 1


def test_later_visits_that_are_brought_in_afterwards_can_be_measured(few):
    learning.train(until=yesterday())
    later = clock.today() + 9 * DAY
    add_visits(2, 10, last=later)
    assert scoring.evaluate(first=later, last=later)["all"]["count"] == 20


def test_records_that_were_merged_are_one_person(few):
    one, other = Appointment.objects.order_by("patient")[0].patient, Appointment.objects.order_by("-patient")[0].patient
    Appointment.objects.filter(patient=other).update(patient=one)  # as a merge moves them
    table = reading.read(yesterday(), yesterday())
    assert other.pk not in table.rows["patient"]
    assert (table.rows["patient"] == one.pk).sum() == Appointment.objects.filter(patient=one).count()


def test_days_are_the_hospitals(few):
    table = reading.read(yesterday(), yesterday())
    assert table.day.max() == number_of(yesterday())
    assert set(table.lead.tolist()) <= {0, 1, 3, 7, 20}


def test_the_week_teaches_and_a_hospital_without_outcomes_waits(few):
    weekly.run()
    assert RiskModel.objects.count() == 1
    Appointment.objects.update(status="cancelled")
    weekly.run()
    assert RiskModel.objects.count() == 1


def test_the_commands_tell_what_they_did(few):
    told = StringIO()
    call_command("train_risk", until=yesterday() - 2 * DAY, stdout=told)
    call_command("evaluate_risk", "--from", str(yesterday()), "--to", str(yesterday()), stdout=told)
    call_command("score_risk", stdout=told)
    said = told.getvalue()
    assert "Risk model 1 (Published point score) learnt from 160 visits" in said
    assert "lead-time table: AUC" in said
    assert "0 bookings scored." in said


def test_programs_get_json(few):
    learning.train(until=yesterday() - 2 * DAY)
    told = StringIO()
    call_command("evaluate_risk", "--from", str(yesterday()), "--to", str(yesterday()), "--json", stdout=told)
    found = json.loads(told.getvalue())
    assert set(found["all"]) == {
        "count", "rate", "predicted", "auc", "average_precision", "brier", "calibration_error",
    }  # fmt: skip
    assert found["lead_at_least_1"]["count"] < found["all"]["count"]


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        ("train_risk", ["--until", "2026-02-30"], "not a day"),
        ("train_risk", ["--until", "2020-01-01"], "no visit"),
        ("train_risk", ["--until", "2999-01-01"], "not over"),
        ("evaluate_risk", ["--from", "2026-01-02", "--to", "2026-01-03"], "no such risk model"),
        ("score_risk", ["--days", "-1"], "0 or more"),
    ],
)
def test_commands_refuse_with_a_sentence(command, options, said):
    with pytest.raises(CommandError, match=said):
        call_command(command, *options)
