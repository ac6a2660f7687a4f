"""Opening tasks: once each, however often and by however many."""

import datetime as dt

import pytest
from django.utils import translation

from accounts.services.actors import system_user
from directory.tests.factories import ServiceFactory
from interactions import reasons
from interactions.errors import TaskTooLate
from interactions.models import Task, TaskKind, TaskPriority
from interactions.services import tasks
from patients.services import merging
from patients.tests.factories import PatientFactory, UserFactory

HOUR = dt.timedelta(hours=1)


def _what(key="booking:1:call", **more):
    return {"key": key, "kind": TaskKind.CALL_RISK, "patient": None, "why": "test"} | more


def test_whoever_opens_twice_opens_once(alice):
    first = tasks.open(by=alice, **_what())
    again = tasks.open(by=alice, **_what(priority=TaskPriority.URGENT))
    assert first == again
    assert again.priority == TaskPriority.NORMAL
    assert first.history.count() == 1


def test_a_closed_task_is_not_opened_again(alice):
    first = tasks.open(by=alice, **_what())
    tasks.close(task=first, outcome="reached", by=alice)
    assert tasks.open(by=alice, **_what()).state == "done"


def test_history_names_who_opened_it(alice):
    assert tasks.open(by=alice, **_what()).history.get().history_user_id == alice.pk


def test_it_is_due_now_unless_said_otherwise(alice, now):
    assert tasks.open(by=alice, at=now, **_what()).due_at == now
    assert tasks.open(by=alice, at=now, **_what("other", due_at=now + HOUR)).due_at == now + HOUR


@pytest.mark.parametrize("hours", [-1, 0])
def test_a_task_whose_time_is_over_is_not_opened(alice, now, hours):
    with pytest.raises(TaskTooLate):
        tasks.open(by=alice, at=now, **_what(expires_at=now + hours * HOUR))
    assert not Task.objects.exists()


def test_a_reason_that_nobody_registered_is_a_fault_of_the_program(alice):
    with pytest.raises(LookupError):
        tasks.open(by=alice, **_what(why="nobody-knows"))


def test_many_are_opened_at_once_with_their_history(alice, now):
    rows = [_what(f"booking:{n}", patient=PatientFactory()) for n in range(3)]
    late = _what("late", expires_at=now)
    assert tasks.open_many([*rows, late], by=alice, at=now) == 3
    assert tasks.open_many(rows, by=alice, at=now) == 0
    assert Task.objects.count() == Task.history.count() == 3
    assert set(Task.history.values_list("history_user_id", flat=True)) == {alice.pk}


def test_a_thousand_take_few_statements(alice, django_assert_max_num_queries):
    rows = [_what(f"booking:{n}") for n in range(1000)]
    with django_assert_max_num_queries(40):
        assert tasks.open_many(rows, by=alice) == 1000


def test_the_reason_is_said_in_the_readers_language(alice, now):
    service = ServiceFactory()
    values = {"when": now, "service": reasons.both(service)}
    task = tasks.open(by=alice, **_what(why="unconfirmed", why_values=values))
    task.refresh_from_db()
    assert "General clinic" in reasons.words(task.why_code, task.why_values)
    assert "T" not in reasons.words(task.why_code, task.why_values).replace("Tue", "").replace("Thu", "")
    with translation.override("zh-hans"):
        assert "普通门诊" in reasons.words(task.why_code, task.why_values)


def test_a_reason_of_an_app_that_is_gone_is_silent():
    assert reasons.words("gone", {"a": 1}) == ""


def test_tasks_follow_a_merge_of_patients(alice):
    kept, merged = PatientFactory(), PatientFactory()
    task = tasks.open(by=alice, **_what(patient=merged))
    record = merging.merge(kept=kept, merged=merged, by=UserFactory(), reason="one person")
    task.refresh_from_db()
    assert task.patient == kept
    merging.unmerge(merge=record, by=UserFactory(), reason="two after all")
    task.refresh_from_db()
    assert task.patient == merged


def test_the_system_opens_without_any_role():
    assert tasks.open(by=system_user(), **_what()).state == "open"
