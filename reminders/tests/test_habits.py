"""A person's own hour and channel."""

import datetime as dt

import pytest

from common import clock
from messaging.models import Delivery, DeliveryState, Medium
from messaging.services import story
from patients.tests.factories import PatientFactory
from reminders.models import AgeGroup, Habit, Ladder, Step
from reminders.services import habits, planning
from reminders.services.habits import group_of


@pytest.fixture
def answered():
    """`answered(patient, hour, medium)`: a reminder, sent at nine, that was answered in that hour."""
    numbers = iter(range(10_000))

    def add(patient, hour, medium=Medium.SMS, days_ago=10, waited=dt.timedelta()):
        day = clock.today() - dt.timedelta(days=days_ago)
        sent, moment = clock.at_wall(day, dt.time(9)), clock.at_wall(day, dt.time(hour, 20)) + waited
        return Delivery.objects.create(
            key=f"old:{next(numbers)}", patient=patient, kind="reminder", priority=3, media=medium, medium=medium,
            due_at=sent, expires_at=sent + dt.timedelta(days=5), state=DeliveryState.DELIVERED, sent_at=sent,
            answered_at=moment, answer="confirm",
        )  # fmt: skip

    return add


@pytest.fixture
def ladder(noon, desk):
    """One step three days before, at ten, by WeChat or SMS."""
    made = Ladder.objects.create(name_en="One step", state="live", live_since=noon.now, by=desk.by)
    Step.objects.create(ladder=made, hours_before=72, at_time=dt.time(10), media="wechat sms")
    return made


@pytest.fixture
def planned(ladder, noon, visit):
    """Plans Alice's step of 3 December; returns its wall-clock hour, its channels and why."""

    def plan():
        noon.at(9, day=2)
        planning.plan_due()
        row = Delivery.objects.get(key__startswith="step:")
        return clock.local(row.due_at).hour, row.media, row.context["note"]

    return plan


def test_without_any_answer_the_step_keeps_its_hour_and_channels(planned):
    assert habits.learn() == 0
    assert planned() == (10, "wechat sms", "")


def test_who_answered_twice_before_is_written_to_at_their_hour_by_their_channel(noon, planned, alice, answered):
    for days in (5, 9):
        answered(alice, 18, Medium.SMS, days)
    assert habits.learn() == 1
    assert planned() == (18, "sms wechat", "own_hour")
    row = Delivery.objects.get(key__startswith="step:")
    assert "answered before" in story.tell(row)[0].details


def test_one_answer_is_no_habit(noon, planned, alice, answered):
    answered(alice, 18)
    assert habits.learn() == 0
    assert planned()[2] == ""


def test_the_most_frequent_hour_counts(noon, alice, answered):
    for hour in (12, 19, 19):
        answered(alice, hour)
    habits.learn()
    assert Habit.objects.get(patient=alice).hour == 19


def test_an_answer_of_days_later_says_nothing(noon, alice, answered):
    for _ in range(2):
        answered(alice, 18, waited=dt.timedelta(days=3))
    assert habits.learn() == 0


def test_who_never_answered_has_the_hour_of_their_age_group(noon, planned, alice, answered):
    alice.birth_date = dt.date(1950, 5, 5)
    alice.save()
    for _ in range(habits.GROUP):
        answered(PatientFactory(birth_date=dt.date(1948, 1, 1)), 15, Medium.SMS)
    habits.learn()
    assert Habit.objects.get(age_group=AgeGroup.OLD).answers == habits.GROUP
    assert planned() == (15, "sms wechat", "age_hour")


def test_an_hour_at_which_nothing_is_sent_is_not_taken(noon, planned, alice, answered):
    for days in (5, 9):
        answered(alice, 23, Medium.SMS, days)
    habits.learn()
    assert planned()[0] == 10


def test_learning_again_forgets_what_is_not_so_any_more(noon, alice, answered):
    for _ in range(2):
        answered(alice, 18)
    habits.learn()
    Delivery.objects.update(answered_at=None)
    assert habits.learn() == 0
    assert not Habit.objects.exists()


@pytest.mark.parametrize(
    ("birth", "group"),
    [
        (dt.date(2020, 1, 1), "0"),
        (dt.date(1996, 12, 2), "0"),
        (dt.date(1996, 11, 30), "30"),
        (dt.date(1930, 1, 1), "75"),
    ],
)
def test_age_groups(noon, birth, group):
    assert group_of(birth) == group


def test_people_of_a_whole_page_cost_three_statements(noon, ladder, slots, django_assert_num_queries):
    step = ladder.steps.get()
    starts = slots[0].starts_at
    rungs = [planning.Rung(step, n, 1, n, starts, starts - dt.timedelta(days=3)) for n in range(500)]
    Habit.objects.create(age_group="0", hour=9, medium="sms", answers=30, learnt_at=noon.now)
    with django_assert_num_queries(4):
        assert len(list(habits.suit(rungs))) == 500
