"""A few in a hundred, chosen by lot, do without a step, so that its effect is seen."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.db import IntegrityError
from django.utils import translation

from common import clock
from common.proportions import Share
from interactions.models import Task
from messaging.models import Delivery, DeliveryState
from reminders import errors, lots
from reminders.models import Ladder
from reminders.services import effects, ladders, planning, trying
from reminders.services.effects import Effect
from reminders.services.steps import Rule
from scheduling.models import AppointmentStatus
from scheduling.tests.factories import AppointmentFactory

from .factories import LadderFactory, StepFactory, had
from .test_ladder_pages import address, typed

DAY = {"hours_before": 24, "at_time": dt.time(10), "holdout_percent": 20}


@pytest.fixture
def step():
    return LadderFactory(steps=[DAY]).steps.get()


@pytest.fixture
def lot(monkeypatch):
    """The lot falls on the keys that are put into it."""
    fallen = set()
    monkeypatch.setattr(lots, "falls_on", lambda key, percent: percent > 0 and key in fallen)
    return fallen


@pytest.mark.parametrize("percent", [0, 5, 20])
def test_the_lot_falls_on_so_many_in_a_hundred_and_always_on_the_same(percent):
    keys = [f"step:aa:{number}:1" for number in range(10_000)]
    fallen = [key for key in keys if lots.falls_on(key, percent)]
    assert len(fallen) == pytest.approx(100 * percent, abs=120 if percent else 0)
    assert fallen == [key for key in keys if lots.falls_on(key, percent)]


def test_who_is_left_out_gets_no_message_and_no_call_and_the_delivery_says_why(noon, step, visit, runs, lot):
    lot.add(f"{planning.prefix(step)}{visit.pk}:1")
    noon.at(9, day=5)
    planning.plan_due(noon.now)
    noon.at(11, day=5)
    said = runs()
    delivery = Delivery.objects.get(kind="reminder")
    assert (delivery.state, delivery.reason) == (DeliveryState.CANCELLED, lots.HELD_OUT)
    assert not any("reminder" in text.lower() for text in said)
    assert not Task.objects.exists()


def test_who_is_not_left_out_gets_it(noon, step, visit, runs, lot):
    noon.at(9, day=5)
    planning.plan_due(noon.now)
    noon.at(11, day=5)
    runs()
    assert Delivery.objects.get(kind="reminder").state == DeliveryState.ACCEPTED


def test_a_dry_run_counts_only_who_would_get_it(noon, step, visit, lot):
    assert trying.dry_run(step.ladder, noon.now).total == 1
    lot.add(f"{planning.prefix(step)}{visit.pk}:1")
    assert trying.dry_run(step.ladder, noon.now).total == 0


def test_the_share_stays_in_the_next_version(step):
    draft = ladders.copy(ladder=step.ladder, by=step.ladder.by)
    assert draft.steps.get().holdout_percent == 20
    assert "20 % left out by lot" in draft.steps.get().in_words


@pytest.mark.parametrize("percent", [-1, 21, 100])
def test_more_than_a_fifth_is_never_left_out(step, percent):
    draft = ladders.copy(ladder=step.ladder, by=step.ladder.by)
    with pytest.raises(errors.HoldOutTooLarge):
        ladders.change(
            draft=draft, name_zh="", name_en="New", services=[], by=draft.by, seen=ladders.mark(draft),
            rules=[Rule(24, media="sms", holdout_percent=percent)],
        )  # fmt: skip


def test_of_a_call_by_staff_nobody_is_left_out(step):
    draft = ladders.copy(ladder=step.ladder, by=step.ladder.by)
    ladders.change(
        draft=draft, name_zh="", name_en="New", services=[], by=draft.by, seen=ladders.mark(draft),
        rules=[Rule(24, act="call", holdout_percent=5)],
    )  # fmt: skip
    assert draft.steps.get().holdout_percent == 0
    with pytest.raises(IntegrityError):
        StepFactory(ladder=draft, act="call", media="", holdout_percent=5)


def happened(step, status, state=DeliveryState.DELIVERED, reason="", percent=20):
    booking = AppointmentFactory(starts_at=clock.now() - dt.timedelta(days=2), status=status)
    had(step, booking, state, reason=reason, context={lots.PERCENT: percent})
    return booking


def test_missed_visits_are_counted_on_the_side_where_the_lot_put_them(noon, step):
    out = {"state": DeliveryState.CANCELLED, "reason": lots.HELD_OUT}
    happened(step, AppointmentStatus.NOSHOW)
    happened(step, AppointmentStatus.FULFILLED)
    happened(step, AppointmentStatus.FULFILLED, DeliveryState.FAILED)  # it did not arrive, and counts all the same
    happened(step, AppointmentStatus.NOSHOW, **out)
    happened(step, AppointmentStatus.ARRIVED, **out)
    happened(step, AppointmentStatus.BOOKED, **out)  # not known yet
    happened(step, AppointmentStatus.NOSHOW, percent=10)  # of a time when fewer were left out
    happened(step, AppointmentStatus.NOSHOW, DeliveryState.CANCELLED, "confirmed")  # would not have got it
    moved = happened(step, AppointmentStatus.NOSHOW, **out)
    Delivery.objects.filter(about_id=moved.pk).update(about_version=2)
    assert effects.effect(step, noon.now) == Effect(Share(1, 3), Share(1, 2))


def test_what_happened_long_ago_does_not_count(noon, step):
    happened(step, AppointmentStatus.NOSHOW)
    noon.later(days=effects.DAYS + 1)
    assert effects.effect(step, noon.now) == Effect(Share(0, 0), Share(0, 0))


@pytest.mark.parametrize(
    ("got", "left_out", "words"),
    [
        ((100, 1000), (50, 250), "10.0 in a hundred fewer are missed (95 % sure: 5.1 to 15.7)."),
        ((50, 250), (100, 1000), "10.0 in a hundred more are missed (95 % sure: 5.1 to 15.7)."),
        ((10, 100), (5, 40), "No difference yet that chance does not explain: between 7.7 more and 16.8 fewer."),
        ((10, 100), (5, 29), "Too few visits yet: 30 are needed on both sides."),
    ],
)
def test_an_effect_says_what_may_be_concluded(got, left_out, words):
    with translation.override("en"):
        assert Effect(Share(*got), Share(*left_out)).in_words == words


def test_the_page_of_the_ladder_shows_what_its_steps_are_worth(noon, step, as_role):
    cache.clear()
    happened(step, AppointmentStatus.NOSHOW)
    page = as_role().get(address(step.ladder)).text
    assert "What the steps are worth" in page
    assert "1 of 1" in page
    assert "Too few visits yet" in page


def test_a_ladder_that_leaves_nobody_out_shows_no_such_table(noon, as_role):
    ladder = LadderFactory(steps=[{"hours_before": 24}])
    assert "What the steps are worth" not in as_role().get(address(ladder)).text


def test_the_share_is_typed_in_the_editor_and_kept_below_a_fifth(noon, step, as_role):
    draft, client = ladders.copy(ladder=step.ladder, by=step.ladder.by), as_role()
    page = client.post(address(draft, "edit"), typed(draft, {"holdout_percent": "21"}, save="1"))
    assert (page.status_code, "less than or equal to 20" in page.text) == (422, True)
    client.post(address(draft, "edit"), typed(draft, {"holdout_percent": "7"}, save="1"))
    assert Ladder.objects.get(pk=draft.pk).steps.get().holdout_percent == 7
