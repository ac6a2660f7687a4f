"""Closing tasks: with an outcome that other floors hear of, or because the world has changed."""

import datetime as dt

import pytest

from interactions import jobs, outcomes
from interactions.errors import NumberMissing, OutcomeMissing, TaskClosed
from interactions.models import Task, TaskKind
from interactions.services import tasks
from interactions.tests.factories import TaskFactory
from patients.tests.factories import ContactPointFactory

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def heard():
    """Outcomes of call-list tasks that a higher floor heard."""
    said = []

    def handler(*, task, by, at):
        said.append((task.pk, task.outcome, by, at))

    outcomes.register(TaskKind.CALL_RISK, handler)
    yield said
    outcomes.forget(TaskKind.CALL_RISK, handler)


def test_a_closed_task_says_when_by_whom_and_how(alice, now):
    task = tasks.take(task=TaskFactory(), by=alice)
    done = tasks.close(task=task, outcome="confirmed", note="will come by taxi", by=alice, at=now)
    assert (done.state, done.outcome, done.note) == ("done", "confirmed", "will come by taxi")
    assert (done.closed_by, done.closed_at, done.owner) == (alice, now, None)


def test_who_registered_for_the_kind_hears_of_the_outcome_once(alice, now, heard):
    TaskFactory(kind=TaskKind.CALL_MISSED)
    task = TaskFactory(kind=TaskKind.CALL_RISK)
    tasks.close(task=task, outcome="confirmed", by=alice, at=now)
    with pytest.raises(TaskClosed):
        tasks.close(task=task, outcome="confirmed", by=alice, at=now)
    assert heard == [(task.pk, "confirmed", alice, now)]


def test_giving_up_after_the_last_try_is_heard_too(alice, heard, now):
    task = TaskFactory(kind=TaskKind.CALL_RISK, tries=2)
    tasks.tried(task=task, by=alice, at=now)
    assert heard == [(task.pk, "not_reached", alice, now)]


def test_a_handler_that_refuses_leaves_the_task_as_it_was(alice):
    def refuse(**_what):
        raise OutcomeMissing

    outcomes.register(TaskKind.CALL_OFFER, refuse)
    task = TaskFactory(kind=TaskKind.CALL_OFFER)
    try:
        with pytest.raises(OutcomeMissing):
            tasks.close(task=task, outcome="reached", by=alice)
    finally:
        outcomes.forget(TaskKind.CALL_OFFER, refuse)
    task.refresh_from_db()
    assert task.state == "open"


def test_an_outcome_must_be_said(alice):
    with pytest.raises(OutcomeMissing):
        tasks.close(task=TaskFactory(), outcome="", by=alice)


def test_a_wrong_number_is_marked_as_reaching_nobody(alice, now):
    phone = ContactPointFactory()
    task = TaskFactory(patient=phone.patient)
    tasks.close(task=task, outcome="wrong_number", contact_point=phone, by=alice, at=now)
    phone.refresh_from_db()
    assert phone.failed_at == now


@pytest.mark.parametrize("whose", ["nobody", "another"])
def test_a_wrong_number_must_be_one_of_the_patient(alice, whose):
    task = TaskFactory()
    phone = ContactPointFactory() if whose == "another" else None
    with pytest.raises(NumberMissing):
        tasks.close(task=task, outcome="wrong_number", contact_point=phone, by=alice)
    task.refresh_from_db()
    assert task.state == "open"


def test_what_a_changed_booking_makes_needless_is_dropped_whoever_has_it(alice, bob, now):
    about = {"about_kind": "appointment", "about_id": 7}
    free, taken = TaskFactory(**about), tasks.take(task=TaskFactory(**about), by=bob)
    other = TaskFactory(about_kind="appointment", about_id=8)
    done = tasks.close(task=TaskFactory(**about), outcome="reached", by=bob)
    assert tasks.drop_about("appointment", 7, "cancelled", by=alice, at=now) == 2
    assert tasks.drop_about("appointment", 7, "cancelled", by=alice, at=now) == 0
    states = {task.pk: task.state for task in Task.objects.all()}
    assert states == {free.pk: "dropped", taken.pk: "dropped", other.pk: "open", done.pk: "done"}
    free.refresh_from_db()
    assert (free.outcome, free.end_code, free.closed_by) == ("not_needed", "cancelled", alice)
    assert free.history.first().history_user_id == alice.pk


def test_only_some_kinds_can_be_dropped(alice):
    TaskFactory(kind=TaskKind.CALL_RISK, about_kind="appointment", about_id=7)
    kept = TaskFactory(kind=TaskKind.CALL_STOPPAGE, about_kind="appointment", about_id=7)
    assert tasks.drop_about("appointment", 7, "cancelled", by=alice, kinds=[TaskKind.CALL_RISK]) == 1
    assert Task.objects.open().get() == kept


def test_a_call_about_a_visit_that_has_begun_is_dropped(alice, now):
    over = TaskFactory(due_at=now - 9 * MINUTE, expires_at=now)
    ahead = TaskFactory(due_at=now - 9 * MINUTE, expires_at=now + MINUTE)
    on_the_phone = tasks.take(task=TaskFactory(due_at=now - 9 * MINUTE, expires_at=now), by=alice, at=now - MINUTE)
    assert tasks.drop_expired(now) == 1
    states = {task.pk: task.state for task in Task.objects.all()}
    assert states == {over.pk: "dropped", ahead.pk: "open", on_the_phone.pk: "taken"}


def test_the_job_lets_go_first_and_drops_then(alice, now):
    gone = now - 60 * MINUTE
    tasks.take(task=TaskFactory(due_at=gone - MINUTE, expires_at=now - MINUTE), by=alice, at=gone)
    jobs.every_five_minutes()
    assert Task.objects.get().end_code == "expired"
