"""The worklist and the page of a task, over HTTP: who sees what, in how many statements, what each press does."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessLog
from accounts.tests.factories import UserFactory
from common import clock
from directory.models import Scope
from directory.tests.factories import DepartmentFactory
from interactions import facts
from interactions.models import Task, TaskKind, TaskPriority
from interactions.services import tasks
from interactions.tests.factories import TaskFactory
from patients.tests.factories import ContactPointFactory, PatientFactory
from scheduling.tests.factories import AppointmentFactory

BACKEND = "django.contrib.auth.backends.ModelBackend"
HOUR = dt.timedelta(hours=1)
LIST = "admin:interactions_task_changelist"


def address(act: str, task: Task) -> str:
    return reverse(f"admin:interactions_task_{act}", args=[task.pk])


def number(task: Task, phone) -> str:
    return reverse("admin:interactions_task_phone", args=[task.pk, phone.pk])


@pytest.fixture
def as_user(client):
    def sign_in(person):
        client.force_login(person, backend=BACKEND)
        return client

    return sign_in


@pytest.fixture
def desk(as_user, alice):
    """A browser in which Alice, an agent, has signed in."""
    return as_user(alice)


def listed(client, **query) -> list[Task]:
    return list(client.get(reverse(LIST), query).context["cl"].result_list)


def test_it_opens_on_what_is_to_do_due_first_and_the_most_urgent_on_top(desk, now, alice):
    ahead = TaskFactory(due_at=now + HOUR, priority=TaskPriority.URGENT)
    second, first = TaskFactory(due_at=now - HOUR), TaskFactory(due_at=now - 2 * HOUR)
    urgent = TaskFactory(due_at=now, priority=TaskPriority.URGENT)
    tasks.close(task=TaskFactory(), outcome="reached", by=alice)
    assert listed(desk) == [urgent, first, second, ahead]


def test_filters_say_how_it_stands_and_whose_it_is(desk, now, alice, bob):
    free = TaskFactory(due_at=now - HOUR)
    mine = tasks.take(task=TaskFactory(due_at=now), by=alice)
    done = tasks.close(task=TaskFactory(), outcome="reached", by=bob)
    assert listed(desk, standing="late") == [free]
    assert listed(desk, standing="today") == listed(desk, standing="closed") == [done]
    assert set(listed(desk, standing="all")) == {free, mine, done}
    assert (listed(desk, whose="mine"), listed(desk, whose="nobody")) == ([mine], [free])


def test_the_line_above_counts_what_is_left_late_and_done_today(desk, now, alice):
    TaskFactory(due_at=now - HOUR), TaskFactory(due_at=now + HOUR)
    tasks.close(task=TaskFactory(), outcome="reached", by=alice)
    yesterday = tasks.close(task=TaskFactory(), outcome="reached", by=alice)
    Task.objects.filter(pk=yesterday.pk).update(closed_at=clock.day_bounds(clock.today())[0] - HOUR)
    shown = desk.get(reverse(LIST)).context["progress"]
    assert [(choice, count) for choice, count, _words in shown] == [("todo", 2), ("late", 1), ("today", 1)]


def test_an_empty_list_says_what_will_appear_there(desk):
    assert "Whoever must be called appears here" in desk.get(reverse(LIST)).text


def test_a_row_says_what_for_whom_why_and_when(desk, now):
    phone = ContactPointFactory(value="+8613812345678", patient=PatientFactory(name="Bob Brown"))
    TaskFactory(patient=phone.patient, due_at=now - 2 * HOUR - dt.timedelta(minutes=1))
    page = desk.get(reverse(LIST)).text
    for words in ("Reach the patient", "Bob Brown", "No message arrived.", "2 h late"):
        assert words in page
    assert "13812345678" not in page.replace(" ", "")


def test_people_are_found_by_what_finds_a_patient(desk):
    task = TaskFactory(patient=PatientFactory(name="王芳"))
    TaskFactory()
    assert listed(desk, q="wangfang") == [task]


def test_25_rows_take_as_many_statements_as_one(desk, alice, bob):
    def row():
        phone = ContactPointFactory()
        return TaskFactory(patient=phone.patient, department=DepartmentFactory())

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            desk.get(reverse(LIST))
        return len(seen)

    tasks.take(task=row(), by=bob)
    desk.get(reverse(LIST))
    one = count()
    for _n in range(24):
        tasks.take(task=row(), by=bob)
    assert count() == one


@pytest.mark.parametrize("role", ["clinician", "auditor", "administrator"])
def test_who_may_only_look_has_no_buttons(as_user, role):
    task = TaskFactory()
    client = as_user(UserFactory(role=role))
    assert "Take the next one" not in client.get(reverse(LIST)).text
    page = client.get(address("change", task))
    assert page.status_code == 200
    assert 'name="outcome"' not in page.text
    client.post(address("change", task), {"outcome": "reached"})
    client.post(address("take", task))
    task.refresh_from_db()
    assert task.state == "open"


@pytest.mark.parametrize("role", ["campaign_editor", "knowledge_editor"])
def test_who_may_not_see_tasks_sees_none(as_user, role):
    task = TaskFactory()
    client = as_user(UserFactory(role=role))
    assert client.get(reverse(LIST)).status_code == client.get(address("change", task)).status_code == 403


@pytest.mark.parametrize("act", ["change", "history", "take", "put-back", "not-reached"])
def test_a_task_of_another_department_is_not_there(as_user, act):
    here, there = DepartmentFactory(), DepartmentFactory()
    agent = UserFactory(role="agent", sees_all_sites=False)
    Scope.objects.create(user=agent, site=here.site)
    client, theirs = as_user(agent), TaskFactory(department=there)
    method = client.get if act in ("change", "history") else client.post
    assert method(address(act, theirs)).status_code in ((302, 404) if act == "change" else (404,))
    assert client.post(address("change", theirs), {"outcome": "reached"}).status_code == 404
    assert client.post(number(theirs, ContactPointFactory(patient=theirs.patient))).status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "open"


def test_acts_are_presses_never_links(desk):
    task = TaskFactory()
    for act in ("take", "put-back", "not-reached"):
        assert desk.get(address(act, task)).status_code == 405
    assert desk.get(reverse("admin:interactions_task_next")).status_code == 405


def test_the_next_one_is_taken_and_opened(desk, alice, now):
    TaskFactory(due_at=now - HOUR)
    wanted = TaskFactory(kind=TaskKind.READ_ANSWER, due_at=now)
    answer = desk.post(reverse("admin:interactions_task_next"), {"kind": "read_answer"})
    assert answer.url == address("change", wanted)
    wanted.refresh_from_db()
    assert wanted.owner == alice


def test_when_nothing_is_due_the_list_says_so(desk):
    assert "No task is due now." in desk.post(reverse("admin:interactions_task_next"), follow=True).text


def test_taken_not_reached_and_put_back_from_the_page(desk, alice):
    task = TaskFactory()
    desk.post(address("take", task))
    task.refresh_from_db()
    assert task.owner == alice
    desk.post(address("put-back", task))
    page = desk.post(address("not-reached", task), {"note": "engaged"}, follow=True)
    assert "due again" in page.text
    task.refresh_from_db()
    assert (task.state, task.tries, task.note) == ("open", 1, "engaged")


def test_what_a_colleague_has_says_so_and_offers_nothing(desk, bob):
    task = tasks.take(task=TaskFactory(), by=bob)
    page = desk.get(address("change", task))
    assert "Bob has this task since" in page.text
    assert 'name="outcome"' not in page.text
    assert "Bob has this task." in desk.post(address("take", task), follow=True).text


def test_closed_with_an_outcome_and_a_note(desk, alice):
    task = TaskFactory()
    answer = desk.post(address("change", task), {"outcome": "confirmed", "note": "by taxi"}, follow=True)
    assert answer.redirect_chain[0][0] == reverse(LIST)
    assert "closed as “Will come”" in answer.text
    task.refresh_from_db()
    assert (task.outcome, task.note, task.closed_by) == ("confirmed", "by taxi", alice)
    assert "by taxi" in desk.get(address("change", task)).text


def test_without_an_outcome_the_page_asks_and_keeps_what_was_typed(desk):
    answer = desk.post(address("change", TaskFactory()), {"note": "by taxi"})
    assert answer.status_code == 422
    assert "by taxi" in answer.text


def test_a_refusal_stays_on_the_page(desk, bob):
    task = tasks.take(task=TaskFactory(), by=bob)
    answer = desk.post(address("change", task), {"outcome": "reached"})
    assert answer.status_code == 422
    assert "Bob has this task" in answer.text


def test_a_wrong_number_is_the_one_that_was_called(desk, now):
    phone = ContactPointFactory()
    ContactPointFactory(patient=phone.patient)
    task = TaskFactory(patient=phone.patient)
    desk.post(address("change", task), {"outcome": "wrong_number", "contact_point": phone.pk})
    phone.refresh_from_db()
    assert phone.failed_at is not None


def test_the_number_is_shown_to_who_has_the_task_and_that_is_written_down(desk, alice):
    phone = ContactPointFactory(value="+8613812345678")
    task = tasks.take(task=TaskFactory(patient=phone.patient), by=alice)
    assert "tel:" not in desk.get(address("change", task)).text
    page = desk.post(number(task, phone))
    assert "tel:+8613812345678" in page.text
    looked = AccessLog.objects.get(action="reveal")
    assert (looked.user, looked.reason) == (alice, "Reach the patient")


def test_nobody_sees_the_number_of_a_task_that_they_have_not_taken(desk):
    phone = ContactPointFactory(value="+8613812345678")
    task = TaskFactory(patient=phone.patient)
    page = desk.post(number(task, phone), follow=True)
    assert "You have not taken this task." in page.text
    assert "+8613812345678" not in page.text


def test_only_numbers_of_the_patient_are_shown(desk, alice):
    task = tasks.take(task=TaskFactory(), by=alice)
    assert desk.post(number(task, ContactPointFactory())).status_code == 404


def test_who_opens_a_task_has_looked_at_the_patient(desk, alice):
    task = TaskFactory()
    desk.get(address("change", task))
    assert AccessLog.objects.get(action="open").subject_uuid == task.patient.uuid


def test_the_page_says_what_is_known_of_the_booking(desk):
    booking = AppointmentFactory()
    task = TaskFactory(patient=booking.patient, about_kind=facts.APPOINTMENT, about_id=booking.pk)
    page = desk.get(address("change", task)).text
    assert str(booking.slot.session.practitioner) in page
    assert reverse("admin:scheduling_appointment_change", args=[booking.pk]) in page


def test_a_higher_floor_says_what_it_knows_of_its_own_rows(desk, monkeypatch):
    monkeypatch.setitem(facts._known, "survey", lambda *, task, user: [("Score", f"{task.about_id} of 10")])
    assert "7 of 10" in desk.get(address("change", TaskFactory(about_kind="survey", about_id=7))).text


def test_a_sender_who_is_not_known_can_be_closed_but_has_no_wrong_number(desk):
    task = TaskFactory(patient=None, kind=TaskKind.READ_ANSWER)
    page = desk.get(address("change", task)).text
    assert "Unknown sender" in page
    assert "wrong_number" not in page
    assert "Unknown sender" in desk.get(reverse(LIST)).text
