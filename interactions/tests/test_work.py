"""Working on tasks: one person at a time."""

import datetime as dt

import pytest

from accounts.tests.factories import UserFactory
from common import clock
from common.errors import NotAllowed
from directory.models import Scope
from directory.tests.factories import DepartmentFactory
from interactions.errors import NothingDue, NotYours, TaskClosed, TaskNotFound, TaskTaken
from interactions.models import Task, TaskKind, TaskPriority
from interactions.services import tasks
from interactions.tests.factories import TaskFactory

HOUR = dt.timedelta(hours=1)
MONDAY = dt.date(2030, 1, 7)


def _at(hour: int, minute: int = 0) -> dt.datetime:
    return clock.at_wall(MONDAY, dt.time(hour, minute))


def test_who_takes_it_has_it(alice, now):
    taken = tasks.take(task=TaskFactory(), by=alice, at=now)
    assert (taken.state, taken.owner, taken.taken_at) == ("taken", alice, now)
    assert taken.history.first().history_user_id == alice.pk


def test_a_second_person_hears_who_has_it(alice, bob):
    task = TaskFactory()
    tasks.take(task=task, by=alice)
    with pytest.raises(TaskTaken) as refusal:
        tasks.take(task=task, by=bob)
    assert (refusal.value.code, refusal.value.status) == ("task_taken", 409)
    assert "Alice" in str(refusal.value)


def test_taking_ones_own_again_keeps_it_for_longer(alice, now):
    task = tasks.take(task=TaskFactory(), by=alice, at=now)
    assert tasks.take(task=task, by=alice, at=now + HOUR).taken_at == now + HOUR


def test_the_next_is_the_most_urgent_then_the_longest_due(alice, now):
    TaskFactory(priority=TaskPriority.LOW, due_at=now - 5 * HOUR)
    second = TaskFactory(due_at=now - HOUR)
    first = TaskFactory(due_at=now - 2 * HOUR)
    urgent = TaskFactory(priority=TaskPriority.URGENT, due_at=now)
    assert [tasks.take_next(by=alice, at=now) for _n in range(3)] == [urgent, first, second]


def test_the_next_is_neither_early_nor_too_late_nor_of_another_kind(alice, now):
    TaskFactory(due_at=now + HOUR)
    TaskFactory(due_at=now - 2 * HOUR, expires_at=now - HOUR)
    TaskFactory(kind=TaskKind.READ_ANSWER, due_at=now)
    with pytest.raises(NothingDue):
        tasks.take_next(by=alice, kinds=[TaskKind.CALL_RISK], at=now)


def test_what_is_put_back_is_open_again(alice):
    task = tasks.take(task=TaskFactory(), by=alice)
    put = tasks.put_back(task=task, by=alice)
    assert (put.state, put.owner, put.taken_at) == ("open", None, None)


def test_nobody_puts_back_what_another_has_or_nobody_has(alice, bob):
    task = TaskFactory()
    with pytest.raises(NotYours):
        tasks.put_back(task=task, by=alice)
    tasks.take(task=task, by=bob)
    with pytest.raises(TaskTaken):
        tasks.put_back(task=task, by=alice)


def test_not_reached_is_due_again_in_two_hours_then_next_morning_then_never(alice):
    task = TaskFactory(due_at=_at(10))
    first = tasks.tried(task=tasks.take(task=task, by=alice, at=_at(10)), by=alice, at=_at(10))
    assert (first.state, first.tries, first.due_at, first.owner) == ("open", 1, _at(12), None)
    second = tasks.tried(task=task, by=alice, note="engaged", at=_at(12))
    assert (second.tries, second.due_at, second.note) == (2, _at(9) + 24 * HOUR, "engaged")
    third = tasks.tried(task=task, by=alice, at=_at(9) + 24 * HOUR)
    assert (third.state, third.outcome, third.tries, third.closed_by) == ("done", "not_reached", 3, alice)
    assert third.last_try_at == _at(9) + 24 * HOUR


@pytest.mark.parametrize(("hour", "due"), [(17, 19), (18, 33), (23, 33), (6, 9)])
def test_nobody_is_called_again_in_the_evening_or_at_night(alice, hour, due):
    task = tasks.tried(task=TaskFactory(), by=alice, at=_at(hour))
    assert task.due_at == clock.at_wall(MONDAY, dt.time()) + due * HOUR


def test_there_is_no_further_try_after_the_visit_has_begun(alice):
    task = TaskFactory(due_at=_at(9), expires_at=_at(11))
    assert tasks.tried(task=task, by=alice, at=_at(10)).outcome == "not_reached"


def test_what_another_has_is_neither_tried_nor_taken_from_them(alice, bob):
    task = tasks.take(task=TaskFactory(), by=bob)
    with pytest.raises(TaskTaken):
        tasks.tried(task=task, by=alice)
    task.refresh_from_db()
    assert (task.owner, task.tries) == (bob, 0)


def test_a_closed_task_is_not_taken_any_more(alice):
    task = tasks.close(task=TaskFactory(), outcome="reached", by=alice)
    with pytest.raises(TaskClosed) as refusal:
        tasks.take(task=task, by=alice)
    assert "Reached" in str(refusal.value)


def test_who_may_only_look_takes_nothing():
    auditor, task = UserFactory(role="auditor"), TaskFactory()
    for act in (lambda: tasks.take(task=task, by=auditor), lambda: tasks.take_next(by=auditor)):
        with pytest.raises(NotAllowed):
            act()


def test_a_task_of_another_department_is_not_there(now):
    here, there = DepartmentFactory(), DepartmentFactory()
    agent = UserFactory(role="agent", sees_all_sites=False)
    Scope.objects.create(user=agent, site=here.site)
    mine, everybodys, theirs = (TaskFactory(department=place, due_at=now) for place in (here, None, there))
    assert set(Task.objects.visible_to(agent)) == {mine, everybodys}
    assert {tasks.take_next(by=agent, at=now), tasks.take_next(by=agent, at=now)} == {mine, everybodys}
    with pytest.raises(NothingDue):
        tasks.take_next(by=agent, at=now)
    with pytest.raises(TaskNotFound):
        tasks.take(task=theirs, by=agent)


def test_who_went_away_lets_go_after_half_an_hour(alice, bob, now):
    away = tasks.take(task=TaskFactory(), by=alice, at=now - dt.timedelta(minutes=31))
    here = tasks.take(task=TaskFactory(), by=bob, at=now - dt.timedelta(minutes=29))
    assert tasks.release_abandoned(now) == 1
    away.refresh_from_db(), here.refresh_from_db()
    assert (away.state, away.owner) == ("open", None)
    assert here.owner == bob
    assert away.history.first().history_change_reason == "owner away"
