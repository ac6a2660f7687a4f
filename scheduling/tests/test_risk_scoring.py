"""Every night: the level, the look back, and the risks of what is booked ahead."""

import datetime as dt

import pytest

from common import clock
from scheduling.models import Appointment, AppointmentStatus, NoShowScore, RiskCheck, RiskModel
from scheduling.risk import learning, nightly, reasons, scoring, telling
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory
from scheduling.tests.risk_data import add_visits, yesterday

DAY = dt.timedelta(days=1)


def booked(in_days: int, lead: int = 3, **facts) -> Appointment:
    """A booking ahead, made `lead` days before its visit or, if that is still to come, an hour ago."""
    slot = SlotFactory(session=SessionFactory(day=clock.today() + in_days * DAY))
    at = min(slot.starts_at - lead * DAY, clock.now() - dt.timedelta(hours=1))
    return AppointmentFactory(slot=slot, requested_at=at, created_at=at, **facts)


def test_bookings_of_today_and_the_next_days_are_scored_and_no_others():
    near = [booked(1), booked(8)]
    booked(9)
    booked(2, status=AppointmentStatus.ARRIVED)
    assert nightly.run() == 2
    assert set(NoShowScore.objects.values_list("appointment", flat=True)) == {one.pk for one in near}


def test_a_score_tells_its_model_its_moment_and_three_reasons():
    booked(1)
    at = clock.now()
    scoring.score(at=at)
    one = NoShowScore.objects.get()
    assert (one.model, one.moment) == (RiskModel.objects.get(), at)
    assert 0 < one.probability < 1
    assert len(reasons.read(one.reasons)) == 3


def test_without_a_model_the_point_score_is_the_first():
    booked(1)
    nightly.run()
    made = RiskModel.objects.get()
    assert (made.version, made.kind, made.card) == (1, "points", {})


def test_a_second_night_overwrites_the_scores():
    one = booked(1)
    scoring.score()
    learning.train(until=add_visits(4, 10, last=yesterday()) and yesterday())
    scoring.score()
    assert NoShowScore.objects.get(appointment=one).model.version == 2


def test_who_arrived_meanwhile_keeps_the_score_of_the_night_before():
    one, other = booked(1), booked(1)
    scoring.score()
    Appointment.objects.filter(pk=one.pk).update(status=AppointmentStatus.ARRIVED)
    assert scoring.score() == 1
    assert NoShowScore.objects.filter(appointment__in=(one, other)).count() == 2


def test_the_level_follows_what_happened_lately():
    visits = add_visits(7, 40, last=yesterday())
    one = booked(1)
    scoring.score()
    calm = NoShowScore.objects.get(appointment=one).probability
    Appointment.objects.filter(pk__in=[visit.pk for visit in visits]).update(status="noshow")
    scoring.score()
    assert NoShowScore.objects.get(appointment=one).probability > calm + 0.2


def test_a_visit_of_today_does_not_move_tonights_level():
    add_visits(7, 10, last=yesterday())
    scoring.score()
    before = RiskCheck.objects.get().level
    add_visits(1, 40, last=clock.today())
    scoring.score()
    assert RiskCheck.objects.get().level == before


def test_a_night_writes_down_what_was_expected_and_what_happened():
    visits = add_visits(9, 20, last=yesterday())
    learning.train(until=yesterday() - 3 * DAY)
    scoring.score()
    found = RiskCheck.objects.get()
    assert (found.day, found.known, found.seen) == (clock.today(), 7 * 40, 3 * 40)
    last = clock.day_bounds(yesterday() - 2 * DAY)[0]
    missed = sum(visit.status == "noshow" for visit in visits if visit.starts_at >= last)
    assert found.happened == pytest.approx(missed / 120)
    assert found.auc is None  # too few to say


def test_with_enough_visits_the_order_is_looked_back_on_too():
    add_visits(9, 60, last=yesterday())
    learning.train(until=yesterday() - 3 * DAY)
    scoring.score()
    assert 0.5 < RiskCheck.objects.get().auc < 1


def test_the_look_back_takes_the_level_of_the_night_before():
    add_visits(9, 20, last=yesterday())
    learning.train(until=yesterday() - 8 * DAY)
    scoring.score()
    plain = RiskCheck.objects.get().predicted
    RiskCheck.objects.update(day=yesterday(), level=2)
    scoring.score()
    assert RiskCheck.objects.get(day=clock.today()).predicted > plain + 0.1


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"happened": None, "predicted": None}, "No visit since"),
        (
            {"happened": 0.2, "predicted": 0.21},
            "Of 500 visits 20.0 % were missed, 21.0 % were expected: the risks hold.",
        ),
        ({"happened": 0.15, "predicted": 0.21}, "had drifted"),
        ({"happened": 0.2, "predicted": 0.2, "auc": 0.51}, "hardly better than chance"),
    ],
)
def test_a_check_is_told_in_a_sentence(facts, said):
    assert said in telling.check(RiskCheck(seen=500, known=500, **facts))


def test_a_list_is_told_in_people():
    said = telling.lift({"percent": 10, "precision": 0.385, "recall": 0.147})
    assert said.startswith("Of 100 people on a list of the riskiest 10 %, about 38 would not have come")
