"""What /healthz says, to whom it matters."""

from datetime import timedelta

import pytest

from common import clock
from crm import health, tasks
from crm.models import Heartbeat
from crm.processes import worker_is_stale

pytestmark = pytest.mark.django_db


def test_health_tells_that_database_and_worker_are_well(client):
    tasks.beat()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["worker"] == {"ok": True, "heartbeat_age_seconds": 0}


def test_a_worker_that_never_ran_is_not_well_and_the_web_still_is(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["worker"] == {"ok": False, "heartbeat_age_seconds": None}


def test_without_a_database_health_says_so(client, monkeypatch):
    monkeypatch.setattr(health, "database_answers", lambda: False)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, {"ok": False})


@pytest.mark.parametrize(("running", "age", "stale"), [(10, 999, False), (999, 10, False), (999, 181, True)])
def test_a_worker_is_stale_after_three_minutes_without_a_sign(running, age, stale):
    Heartbeat.objects.create(name="worker", beat_at=clock.now() - timedelta(seconds=age))
    assert worker_is_stale(running) is stale


def test_a_second_beat_moves_the_first():
    tasks.beat()
    tasks.beat()
    assert Heartbeat.objects.count() == 1
