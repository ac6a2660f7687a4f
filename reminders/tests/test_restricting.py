"""What a patient hears of a restriction, and what is handed to staff."""

import datetime as dt

import pytest

from accounts.tests.factories import UserFactory
from common import clock
from interactions.models import Task, TaskKind
from interactions.services import tasks
from messaging.channels.base import TransportError
from messaging.models import Delivery
from reminders.errors import AppealOpen
from scheduling import said
from scheduling.services import restrictions
from scheduling.tests.factories import missed, restricted


@pytest.fixture
def boss():
    return UserFactory(role="supervisor", sees_all_sites=True)


@pytest.fixture
def other():
    return UserFactory(role="supervisor", sees_all_sites=True)


@pytest.fixture
def held(noon, alice, boss):
    return restricted(alice, by=boss)


def test_a_restricted_patient_hears_why_until_when_and_where_to_object_once(noon, held, runs):
    [text] = runs()
    assert text.startswith("Riverside Hospital: Alice Smith, after 3 missed visits you can book only at our desk until")
    assert "Mon 1 Mar 2027 12:00" in text
    assert "Urgent care stays open" in text
    assert "http://localhost:8000/a/" in text
    noon.later(minutes=5)
    assert runs() == []


def test_the_words_are_chinese_for_who_reads_chinese(noon, held, alice, runs):
    alice.language = "zh-hans"
    alice.save()
    [text] = runs()
    assert text.startswith("【江滨医院】Alice Smith您好，您有3次预约未就诊")


def test_who_has_objected_before_the_message_went_out_does_not_hear_it(held, boss, runs):
    restrictions.appeal(restriction=held, text="I was ill", by=boss)
    assert runs() == []
    assert not Delivery.objects.exists()


def test_a_restriction_that_is_lifted_is_told(noon, held, boss, runs):
    runs()
    restrictions.lift(restriction=held, reason="agreed", by=boss, at=noon.later(minutes=5))
    [text] = runs()
    assert "the restriction is lifted" in text


def test_what_was_lifted_before_anybody_heard_of_it_is_told_as_lifted_only(held, boss, runs):
    restrictions.lift(restriction=held, reason="a mistake", by=boss)
    [text] = runs()
    assert "the restriction is lifted" in text


def test_an_appeal_that_is_turned_down_is_told_with_the_end(noon, held, boss, other, runs):
    runs()
    restrictions.appeal(restriction=held, text="unfair", by=boss)
    assert runs() == []
    noon.later(minutes=5)
    restrictions.decide(restriction=held, outcome="upheld", reason="three times", by=other)
    [text] = runs()
    assert "The restriction stays until Mon 1 Mar 2027 12:00" in text


def test_an_appeal_is_a_task_with_its_due_date_until_it_is_decided(noon, held, boss, other, runs):
    restrictions.appeal(restriction=held, text="unfair", by=boss)
    runs()
    task = Task.objects.live().get()
    assert (task.kind, task.patient) == (TaskKind.DECIDE_APPEAL, held.patient)
    assert task.due_at == noon.now + dt.timedelta(days=5)
    restrictions.decide(restriction=held, outcome="lifted", reason="the ward says so", by=other)
    runs()
    assert not Task.objects.live().exists()


def test_a_task_does_not_close_over_an_appeal_that_nobody_decided(held, boss, runs):
    restrictions.appeal(restriction=held, text="unfair", by=boss)
    runs()
    with pytest.raises(AppealOpen):
        tasks.close(task=Task.objects.get(), outcome="reached", by=boss)
    assert Task.objects.live().exists()


def test_whom_no_message_reached_is_called(noon, held, carrier, runs):
    carrier.script.extend([TransportError("no such number", permanent=True)] * 9)
    runs()
    runs()
    task = Task.objects.live().get()
    assert (task.kind, task.why_code) == (TaskKind.CALL_UNREACHED, "untold_restriction")
    assert Delivery.objects.get().state == "failed"


def test_what_the_patient_answered_and_what_staff_noted_stands_beside_the_missed_visit(noon, alice, boss, runs):
    booking = missed(alice, days=1, excused=None)
    task = tasks.open(
        key="missed:1", kind=TaskKind.CALL_MISSED, patient=alice, why="missed_visit", by=boss,
        why_values={"when": clock.now().isoformat()}, about_kind="appointment", about_id=booking.pk,
    )  # fmt: skip
    tasks.close(task=task, outcome="reached", note="the bus did not come", by=boss)
    assert said.of([booking.pk], boss) == {booking.pk: ["the bus did not come"]}
    assert said.of([booking.pk], UserFactory(role="campaign_editor")) == {}
