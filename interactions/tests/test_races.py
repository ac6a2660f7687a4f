"""Many at the same moment, each on its own connection: one wins, the others are told."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep

import pytest
from django.db import connection, transaction

from accounts.tests.factories import UserFactory
from common.errors import Refusal
from interactions import outcomes
from interactions.models import Task, TaskKind
from interactions.services import tasks
from interactions.tests.factories import TaskFactory
from patients.models import Patient
from patients.tests.factories import PatientFactory

CROWD = 8


@pytest.fixture(autouse=True)
def _committed(transactional_db):
    """Other connections see what the test has written."""


@pytest.fixture
def crowd():
    """Agents who see everything."""
    return [UserFactory(role="agent") for _n in range(CROWD)]


def at_once(works):
    """Run them at the same moment, each on its own connection; what each returned, or the code of its refusal."""
    gate = Barrier(len(works))

    def run(work):
        gate.wait(10)
        try:
            return work()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return [future.result() for future in [threads.submit(run, work) for work in works]]


def test_people_who_take_the_next_at_once_get_different_ones(crowd):
    for _round in range(3):
        Task.objects.all().delete()
        for _n in range(CROWD):
            TaskFactory()
        taken = at_once([lambda by=by: tasks.take_next(by=by).pk for by in crowd])
        assert len(set(taken)) == CROWD
        assert Counter(Task.objects.values_list("owner", flat=True)) == dict.fromkeys([by.pk for by in crowd], 1)


def test_more_people_than_tasks_get_one_each_and_the_rest_hear_that_nothing_is_due(crowd):
    for _n in range(3):
        TaskFactory()
    taken = at_once([lambda by=by: tasks.take_next(by=by).pk for by in crowd])
    assert taken.count("nothing_due") == CROWD - 3
    assert len(set(taken)) == 4


def test_one_task_is_taken_by_one(crowd):
    task = TaskFactory()
    taken = at_once([lambda by=by: tasks.take(task=task, by=by).owner_id for by in crowd])
    assert taken.count("task_taken") == CROWD - 1
    assert Task.objects.get().owner_id in taken
    assert task.history.filter(history_type="~").count() == 1


def test_one_key_is_opened_once(crowd):
    patient = PatientFactory()
    what = {"key": "one", "kind": TaskKind.CALL_RISK, "patient": patient, "why": "test"}
    opened = at_once([lambda by=by: tasks.open(by=by, **what).pk for by in crowd])
    assert len(set(opened)) == Task.objects.count() == Task.history.count() == 1


def test_two_plans_with_the_same_keys_open_each_once(crowd):
    rows = [{"key": f"{n}", "kind": TaskKind.CALL_RISK, "patient": None, "why": "test"} for n in range(600)]
    orders = [rows, rows[::-1]] * 2
    opened = at_once(
        [lambda some=some, by=by: tasks.open_many(some, by=by) for some, by in zip(orders, crowd, strict=False)]
    )
    assert sum(opened) == Task.objects.count() == Task.history.count() == 600


def test_a_task_is_closed_once(crowd):
    task = TaskFactory()
    closed = at_once([lambda by=by: tasks.close(task=task, outcome="reached", by=by).closed_by_id for by in crowd])
    assert closed.count("task_closed") == CROWD - 1


def test_closing_and_a_change_of_the_booking_do_not_wait_in_a_circle(crowd):
    """A change of the booking locks the patient and then drops tasks; an outcome may change the booking too."""
    has_patient = Event()

    def lock(patient_id):
        Patient.objects.select_for_update(no_key=True).get(pk=patient_id)

    def outcome_changes_the_booking(*, task, by, at):
        lock(task.patient_id)

    def cancel(patient, by):
        with transaction.atomic():
            lock(patient.pk)
            has_patient.set()
            sleep(0.3)  # until the other one has come as far as it can
            return tasks.drop_about("appointment", patient.pk, "cancelled", by=by)

    def close(task, by):
        has_patient.wait(5)
        return tasks.close(task=task, outcome="reached", by=by).state

    outcomes.register(TaskKind.CALL_UNREACHED, outcome_changes_the_booking)
    patient = PatientFactory()
    task = TaskFactory(patient=patient, about_kind="appointment", about_id=patient.pk)
    try:
        results = at_once([lambda: close(task, crowd[0]), lambda: cancel(patient, crowd[1])])
    finally:
        outcomes.forget(TaskKind.CALL_UNREACHED, outcome_changes_the_booking)
    assert results == ["task_closed", 1]
