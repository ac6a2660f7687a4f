"""Models as stored numbers: what they say is what was fitted, and why."""

import json

import numpy as np
import pytest
from sklearn import metrics
from sklearn.ensemble import HistGradientBoostingClassifier

from scheduling.risk import features, measures, model, points, reasons, training
from scheduling.risk.calibration import refit_level, refit_slope
from scheduling.risk.explaining import reasons_of
from scheduling.risk.features import GROUPS, NAMES
from scheduling.risk.model import Model, UnknownFormat, point_score
from scheduling.tests.risk_data import table_of

COUNT = 3_000


@pytest.fixture(scope="module")
def visits():
    """Features, services and outcomes of invented bookings: who waits long and who missed before is missed more."""
    rng = np.random.default_rng(7)
    matrix = np.zeros((COUNT, len(NAMES)), np.float32)
    for column, (low, high) in enumerate(((0, 40), (0, 40), (6, 18), (0, 5), (0, 5), (0, 90))):
        matrix[:, column] = rng.integers(low, high, COUNT)
    matrix[:, NAMES.index("record")] = rng.normal(0, 0.5, COUNT)
    matrix[:, NAMES.index("last")] = rng.integers(-1, 2, COUNT)
    logit = -2.5 + 0.05 * matrix[:, 0] + 1.5 * matrix[:, NAMES.index("record")]
    return matrix, rng.integers(1, 4, COUNT), (rng.random(COUNT) < 1 / (1 + np.exp(-logit))).astype(float)


@pytest.fixture(scope="module")
def blend(visits):
    matrix, services, missed = visits
    linear, trees = training._fit_linear(matrix, services, missed), training._fit_trees(matrix, missed)
    return Model(model.BLEND, linear, trees, slope=0.9, level=-0.1)


def test_a_model_read_back_from_its_text_says_exactly_the_same(blend, visits):
    matrix, services, _missed = visits
    again = Model.from_json(json.loads(json.dumps(blend.as_json())))
    before, after = blend.score(matrix, services), again.score(matrix, services)
    assert np.array_equal(before.logit, after.logit)
    assert np.array_equal(before.shares, after.shares)


def test_parameters_of_another_release_are_refused(blend):
    with pytest.raises(UnknownFormat):
        Model.from_json(blend.as_json() | {"format": 99})


def test_our_trees_say_what_scikit_learn_says(visits, monkeypatch):
    matrix, _services, missed = visits
    kept = []
    fit = HistGradientBoostingClassifier.fit
    monkeypatch.setattr(HistGradientBoostingClassifier, "fit", lambda self, *a: kept.append(fit(self, *a)) or kept[-1])
    ours, parts = training._fit_trees(matrix, missed).explain(matrix)
    assert np.allclose(ours, kept[0].decision_function(matrix), atol=1e-4)
    assert parts.shape == (COUNT, len(GROUPS))


def test_what_the_groups_add_is_the_whole_score(blend, visits):
    matrix, services, _missed = visits
    logit, parts = blend.linear.explain(matrix, services)
    assert np.allclose(logit, blend.linear.bias + parts.sum(axis=1))


def test_a_clinic_that_was_not_there_counts_as_the_average(blend, visits):
    matrix, _services, _missed = visits
    assert np.isfinite(blend.score(matrix, np.full(COUNT, 10**6)).logit).all()


@pytest.mark.parametrize(
    ("row", "percent"),
    [
        ({"lead": 0, "age": 30}, 4),
        ({"lead": 1, "age": 55}, 18),
        ({"lead": 10, "age": 25}, 32),
        ({"lead": 45, "age": 16, "last": 1, "missed": 2, "known": 3}, 54),
        ({"lead": 5, "age": 70, "last": 0, "known": 4}, 18),
        ({"lead": 5, "age": 70, "last": 0, "known": 4, "batch": 1}, 14),
        ({"lead": 45, "age": 16, "last": 1, "missed": 30, "known": 30}, 58),
    ],
)
def test_the_point_score_is_as_published(row, percent):
    matrix = np.zeros((1, len(NAMES)), np.float32)
    for name, value in ({"last": -1} | row).items():
        matrix[0, NAMES.index(name)] = value
    risk = point_score().score(matrix, np.zeros(1)).risk()[0]
    assert risk == pytest.approx(percent / 100)


def test_the_page_prints_the_point_score_that_is_used(settings):
    page = (settings.BASE_DIR / "docs/risk.md").read_text("utf-8")
    for name, table in (("lead in days", points.LEAD), ("age in years", points.AGE)):
        line = next(one for one in page.splitlines() if one.startswith(f"| {name} "))
        for start, worth in table:
            assert f"{start}: {worth:+d}" in line


def test_every_score_has_three_reasons_and_the_weightiest_comes_first(blend, visits):
    matrix, services, _missed = visits
    scored = blend.score(matrix[:50], services[:50])
    for text, shares in zip(reasons_of(matrix[:50], scored.shares), scored.shares, strict=True):
        told = reasons.read(text)
        assert len({one.code for one in told}) == 3
        assert told[0].code == list(GROUPS)[np.argmax(np.abs(shares))]


def test_reasons_name_what_speaks_for_and_against_an_absence():
    past = [{"day": 100 + n, "outcome": 1} for n in range(3)]
    table = table_of({"day": 160, "asked": 130, "born": -30 * 365}, *past)
    scored = point_score().score(features.build(table), table.rows["service"])
    said = [str(one) for one in reasons.read(next(reasons_of(features.build(table), scored.shares)))]
    assert said[0] == "missed 3 of 3 earlier visits: an absence is more likely"
    assert said[1] == "booked 30 days ahead: an absence is more likely"


def test_who_comes_on_the_day_of_booking_is_told_as_a_reason_against():
    table = table_of({"day": 160, "asked": 160.3, "born": -70 * 365})
    scored = point_score().score(features.build(table), table.rows["service"])
    said = [str(one) for one in reasons.read(next(reasons_of(features.build(table), scored.shares)))]
    assert said[0] == "booked on the day of the visit: an absence is less likely"


@pytest.mark.parametrize("code", GROUPS)
@pytest.mark.parametrize("is_up", [True, False])
def test_every_reason_has_a_sentence_and_can_be_read_back(code, is_up):
    values = {"lead": (3,), "history": (0, 2), "age": (-1,), "weekday": (0,), "asked": (7,), "several": (0,)}
    [one] = reasons.read(reasons.write(code, is_up=is_up, values=values.get(code, ())))
    assert one.is_up is is_up
    assert ("more likely" in str(one)) is is_up


def test_our_measures_are_the_usual_ones(visits, blend):
    matrix, services, missed = visits
    risk = np.round(blend.score(matrix, services).risk(), 2)  # with many ties
    assert measures.auc(missed, risk) == pytest.approx(metrics.roc_auc_score(missed, risk))
    assert measures.average_precision(missed, risk) == pytest.approx(metrics.average_precision_score(missed, risk))
    assert measures.measure(missed, risk).brier == pytest.approx(metrics.brier_score_loss(missed, risk))


def test_a_calibrated_risk_has_no_error_and_a_shifted_one_has_the_shift():
    rng = np.random.default_rng(1)
    risk = rng.uniform(0.1, 0.4, 50_000)
    missed = (rng.random(50_000) < risk).astype(float)
    assert measures.calibration_error(missed, risk) < 0.01
    assert measures.calibration_error(missed, risk + 0.1) == pytest.approx(0.1, abs=0.01)


def test_absences_only_cannot_be_ranked():
    found = measures.measure(np.ones(3), np.full(3, 0.5))
    assert (found.auc, found.brier) == (None, 0.25)


def test_the_level_moves_until_as_many_are_expected_as_stayed_away():
    logit = np.random.default_rng(1).normal(-1, 1, 5_000)
    missed = (np.arange(5_000) % 10 == 0).astype(float)
    level = refit_level(logit, missed)
    assert (1 / (1 + np.exp(-(logit + level)))).mean() == pytest.approx(0.1, abs=0.002)


def test_few_visits_move_the_level_little():
    assert refit_level(np.array([]), np.array([])) == 0
    assert abs(refit_level(np.array([-1.0]), np.array([1.0]))) < 0.3


def test_a_model_that_was_twice_too_sure_is_told_half_as_sure():
    rng = np.random.default_rng(3)
    true = rng.normal(-1, 1, 40_000)
    missed = (rng.random(40_000) < 1 / (1 + np.exp(-true))).astype(float)
    assert refit_slope(2 * true, missed) == pytest.approx(0.5, abs=0.03)
