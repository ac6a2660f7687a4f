"""What the display of a waiting room shows: tickets and rooms, names only masked and only where they may stand."""

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from directory.models import Department, Scope
from directory.tests.factories import LocationFactory
from visits.models import CallScreen
from visits.services import queue, screens
from visits.tests.factories import clinic, counter, waiting


@pytest.fixture
def session(db):
    return clinic()


@pytest.fixture
def screen(session):
    shown = CallScreen.objects.create(name_zh="二楼候诊区", name_en="Second floor")
    shown.departments.add(session.service.department)
    return shown


def call(entry, room=None):
    return queue.call(entry=entry, location=room, origin=counter())


def test_who_is_called_stands_there_with_ticket_and_room_and_no_name(screen, session):
    entry = waiting(session, name="张伟")
    call(entry, LocationFactory(name_zh="505 诊室", name_en="Room 505", site=session.service.department.site))
    shown = screens.calls(screen)
    assert [(one.ticket, one.room, one.name, one.is_waited_for) for one in shown] == [
        (entry.ticket, ("505 诊室", "Room 505"), "", True)
    ]


def test_a_department_may_allow_masked_names(screen, session):
    Department.objects.update(names_on_screens=True)
    call(waiting(session, name="张伟"))
    assert [one.name for one in screens.calls(screen)] == ["张*"]


def test_a_department_whose_name_reveals_a_condition_is_not_named(screen, session):
    Department.objects.update(is_sensitive=True)
    call(waiting(session))
    assert [one.department for one in screens.calls(screen)] == [("", "")]


def test_who_waits_is_not_called_and_stands_under_next(screen, session):
    tickets = [waiting(session, minutes).ticket for minutes in range(0, 60, 15)]
    assert screens.calls(screen) == []
    assert [one.tickets for one in screens.ready(screen)] == [tickets[: screens.READY]]


def test_called_again_is_a_new_call_of_the_same_line(screen, session):
    entry = waiting(session)
    call(entry)
    first = screens.calls(screen)
    call(entry)
    second = screens.calls(screen)
    assert len(second) == 1
    assert second[0].id > first[0].id


def test_who_is_waited_for_stands_before_who_is_inside(screen, session):
    inside, called = waiting(session), waiting(session, 15)
    call(called)
    call(inside)
    type(inside).objects.filter(pk=inside.pk).update(state="inside")
    assert [one.ticket for one in screens.calls(screen)] == [called.ticket, inside.ticket]


@pytest.mark.parametrize("state", ["skipped", "done", "left", "waiting"])
def test_who_is_not_waited_for_any_more_is_gone(screen, session, state):
    entry = waiting(session)
    call(entry)
    type(entry).objects.update(state=state)
    assert screens.calls(screen) == []


def test_other_departments_are_not_shown(screen, session):
    call(waiting(clinic()))
    assert screens.calls(screen) == []


def test_without_a_room_it_names_the_practitioner(screen, session):
    session.location = None
    session.save()
    call(waiting(session))
    assert [one.room for one in screens.calls(screen)] == [(session.practitioner.name,) * 2]


def test_the_voice_speaks_both_languages_digit_by_digit(screen, session):
    entry = waiting(session)
    type(entry).objects.update(number=12)
    call(entry)
    (chinese, said), (english, also) = screens.spoken(screens.calls(screen)[0])
    assert (chinese, english) == ("zh-CN", "en-GB")
    assert "0 1 2 号" in said
    assert also.startswith(f"{session.service.department.name_en}, number 0 1 2: ")


def test_the_voice_does_not_name_a_department_that_reveals_a_condition(screen, session):
    Department.objects.update(is_sensitive=True)
    call(waiting(session))
    words = [words for _voice, words in screens.spoken(screens.calls(screen)[0])]
    assert words[1].startswith("Number ")
    assert session.service.department.name_zh not in words[0]


def test_statements_do_not_grow_with_calls(screen, session, django_assert_num_queries):
    for minutes in range(0, 60, 10):
        call(waiting(session, minutes))
    with django_assert_num_queries(1):
        screens.calls(screen)


def test_a_new_address_makes_the_old_one_useless_and_is_written_down(screen):
    old, by = screen.uuid, UserFactory(role="supervisor")
    screens.move_address(screen, by=by)
    assert not CallScreen.objects.filter(uuid=old).exists()
    assert screen.history.latest().history_user == by


def test_nobody_shows_a_department_that_they_do_not_see(client, screen, session):
    supervisor = UserFactory(role="supervisor", sees_all_sites=False)
    Scope.objects.create(user=supervisor, site=session.service.department.site)
    client.force_login(supervisor, backend="django.contrib.auth.backends.ModelBackend")
    other = clinic().service.department
    facts = {"name_en": "Hall", "name_zh": "", "departments": [other.pk], "is_active": "on"}
    client.post(reverse("admin:visits_callscreen_add"), facts)
    assert not CallScreen.objects.filter(name_en="Hall").exists()
    screen.departments.add(other)
    client.post(reverse("admin:visits_callscreen_change", args=[screen.pk]), {**facts, "departments": []})
    screen.refresh_from_db()
    assert screen.name_en == "Second floor"
