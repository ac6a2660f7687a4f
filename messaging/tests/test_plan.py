"""Writing down what is to be told."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from common import clock
from messaging.models import Delivery, DeliveryState, Priority
from messaging.services import planning
from messaging.services.planning import Planned
from patients.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


def planned(patient, key="a", **changes):
    due = clock.now()
    known = {
        "key": key, "patient": patient, "kind": "visit_reminder", "media": ["wechat", "sms"], "due_at": due,
        "expires_at": due + dt.timedelta(hours=1), "about": ("visit", 7, 2), "context": {"only": True, "text": "好"},
    }  # fmt: skip
    return Planned(**known | changes)


def test_a_planned_delivery_holds_what_was_said(kind):
    patient = PatientFactory()
    assert planning.plan([planned(patient)]) == 1
    row = Delivery.objects.get()
    assert (row.patient, row.priority, row.media_in_order) == (patient, Priority.REMINDER, ["wechat", "sms"])
    assert (row.about_kind, row.about_id, row.about_version) == ("visit", 7, 2)
    assert (row.context, row.state, row.attempts) == ({"only": True, "text": "好"}, DeliveryState.PENDING, 0)


def test_planning_twice_plans_once(kind):
    patient = PatientFactory()
    rows = [planned(patient, str(number)) for number in range(3)]
    assert planning.plan(rows[:2]) == 2
    assert planning.plan(rows) == 1
    assert planning.plan(rows) == 0


def test_the_same_key_twice_in_one_plan_is_one(kind):
    patient = PatientFactory()
    assert planning.plan([planned(patient), planned(patient)]) == 1


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_plan_once(kind):
    patient = PatientFactory()
    rows = [planned(patient, str(number)) for number in range(300)]

    def work(_number):
        try:
            return planning.plan(rows)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 300
    assert Delivery.objects.count() == 300


def test_saying_something_wakes_a_worker_when_the_transaction_is_over(
    kind, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr(planning, "async_task", woken.append)
    with django_capture_on_commit_callbacks(execute=True):
        row = planning.say(planned(PatientFactory()))
        assert woken == []
    assert (row.key, woken) == ("a", ["messaging.jobs.send"])
