"""When each step of a ladder comes, and for whom."""

import datetime as dt
import threading
import zoneinfo
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from common import clock
from directory.tests.factories import ServiceFactory
from interactions.models import Task, TaskKind
from messaging.models import Delivery, SendingRule
from messaging.models.rule import Priority
from patients.models import Patient, PatientTag
from patients.tests.factories import TagFactory
from reminders.models import Step
from reminders.services import planning
from scheduling.services import appointments
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory

from .factories import LadderFactory

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def at(day, hour, minute=0):
    return clock.at_wall(dt.date(2026, 12, day), dt.time(hour, minute))


def planned():
    """(due by the hospital's clock, state) in order of time."""
    rows = Delivery.objects.filter(kind="reminder").order_by("due_at", "pk")
    return [(f"{clock.local(row.due_at):%d %H:%M}", row.state) for row in rows]


@pytest.mark.parametrize(
    ("hours", "at_time", "due"),
    [
        (72, None, "03 09:00"),
        (72, dt.time(10), "03 10:00"),
        (24, dt.time(17), "05 17:00"),
        (24, dt.time(7), "04 20:29"),  # before the hours of sending: the evening before
        (24, dt.time(21), "05 20:29"),
        (2, None, "05 20:29"),
        (12, None, "05 20:29"),
    ],
)
def test_a_step_comes_at_its_time_and_outside_the_hours_before_them(noon, session, hours, at_time, due):
    step = Step(hours_before=hours, at_time=at_time)
    assert f"{clock.local(planning.due_times(step)(session.starts_at)):%d %H:%M}" == due


@pytest.mark.parametrize(
    ("visit", "hours", "at_time", "due"),
    [
        (dt.datetime(2027, 3, 28, 15), 24, None, dt.datetime(2027, 3, 27, 14)),  # that night has an hour less
        (dt.datetime(2027, 3, 28, 15), 24, dt.time(15), dt.datetime(2027, 3, 27, 15)),
        (dt.datetime(2027, 10, 31, 15), 24, None, dt.datetime(2027, 10, 30, 16)),
        (dt.datetime(2027, 10, 31, 15), 24, dt.time(15), dt.datetime(2027, 10, 30, 15)),
        (dt.datetime(2027, 3, 28, 15), 12, None, dt.datetime(2027, 3, 27, 20, 29)),  # 02:00, in the night
        (dt.datetime(2027, 3, 29, 15), 24, dt.time(2, 30), dt.datetime(2027, 3, 27, 20, 29)),  # a time there is not
    ],
)
def test_a_night_on_which_the_clocks_change_moves_no_time_of_day(settings, visit, hours, at_time, due):
    settings.TIME_ZONE = "Europe/Berlin"
    step = Step(hours_before=hours, at_time=at_time)
    found = planning.due_times(step)(visit.replace(tzinfo=BERLIN).astimezone(dt.UTC))
    assert found.astimezone(BERLIN).replace(tzinfo=None) == due


def test_a_step_of_the_next_day_is_planned_once(noon, visit):
    LadderFactory(steps=[{"hours_before": 24}, {"hours_before": 72}])
    noon.now = at(2, 8)
    assert planning.plan_due() == 1
    assert planning.plan_due() == 0
    assert planned() == [("03 09:00", "pending")]
    noon.now = at(4, 8)
    assert planning.plan_due() == 1
    row = Delivery.objects.order_by("due_at").last()
    assert (row.about_id, row.about_version, row.media) == (visit.pk, 1, "sms")
    assert row.expires_at == visit.starts_at - dt.timedelta(minutes=30)


def test_narrow_hours_of_sending_hide_no_booking(noon, visit):
    """The step's moment lies two days before exactly that long before."""
    SendingRule.objects.filter(priority=Priority.REMINDER).update(opens=dt.time(19), closes=dt.time(20))
    LadderFactory(steps=[{"hours_before": 24, "at_time": dt.time(0, 30)}])
    noon.now = at(4, 10)
    planning.plan_due()
    assert planned() == [("04 19:59", "pending")]


def test_who_books_after_a_steps_time_does_without_it(noon, slots, alice, desk):
    LadderFactory(steps=[{"hours_before": 72}, {"hours_before": 24}])
    noon.now = at(3, 10)
    appointments.book(patient=alice, slot=slots[0], origin=desk)
    noon.now = at(3, 10, 5)
    planning.plan_due()
    noon.now = at(4, 10)
    planning.plan_due()
    assert planned() == [("05 09:00", "pending")]


def test_a_step_that_falls_between_booking_and_the_next_run_is_not_lost(noon, slots, alice, desk):
    LadderFactory(steps=[{"hours_before": 24}])
    noon.now = at(5, 8, 58)
    appointments.book(patient=alice, slot=slots[0], origin=desk)
    noon.now = at(5, 9, 7)
    assert planning.plan_due() == 1


def test_a_moved_booking_has_the_step_anew_and_once(noon, visit, slots, desk, runs):
    LadderFactory(steps=[{"hours_before": 24}])
    noon.now = at(5, 8, 40)
    runs()
    appointments.move(appointment=visit, slot=slots[2], origin=desk)
    runs()
    noon.now = at(5, 9, 5)
    assert runs() == []
    noon.now = at(5, 9, 35)
    [text] = runs()
    assert "your visit is on Sun 6 Dec 09:30" in text
    assert runs() == []


def test_a_booking_moved_just_before_the_step_has_it_and_one_moved_after_has_not(noon, visit, slots, desk):
    LadderFactory(steps=[{"hours_before": 24}])
    noon.now = at(5, 9, 20)
    appointments.move(appointment=visit, slot=slots[2], origin=desk)  # its step is at half past nine
    noon.now = at(5, 9, 40)
    assert planning.plan_due() == 1
    appointments.move(appointment=visit, slot=slots[1], origin=desk)  # its step was at a quarter past nine
    noon.now = at(5, 9, 45)
    assert planning.plan_due() == 0


def test_after_an_outage_steps_of_two_hours_are_still_planned(noon, visit):
    LadderFactory(steps=[{"hours_before": 24}])
    noon.now = at(5, 11, 1)
    assert planning.plan_due() == 0
    noon.now = at(5, 10, 59)
    assert planning.plan_due() == 1


def test_a_ladder_is_silent_about_what_was_before_it_was_in_use(noon, visit):
    noon.now = at(5, 9, 5)
    LadderFactory(steps=[{"hours_before": 24}], live_since=at(5, 9, 1))
    assert planning.plan_due() == 0


def test_who_has_confirmed_hears_only_of_steps_for_everybody(noon, visit, desk):
    LadderFactory(steps=[{"hours_before": 24, "only_unanswered": True}, {"hours_before": 23}])
    appointments.confirm(appointment=visit, origin=desk)
    noon.now = at(5, 8)
    planning.plan_due()
    assert planned() == [("05 10:00", "pending")]


def test_a_step_for_a_tag_reaches_those_who_have_it(noon, visit, slots, bob, desk):
    tag = TagFactory()
    PatientTag.objects.create(patient=bob, tag=tag, by=desk.by)
    appointments.book(patient=bob, slot=slots[1], origin=desk)
    LadderFactory(steps=[{"audience": "tag", "tag": tag}])
    noon.now = at(5, 8)
    planning.plan_due()
    assert [row.patient for row in Delivery.objects.filter(kind="reminder")] == [bob]


def test_a_tag_that_has_ended_reaches_nobody(noon, visit, alice, desk):
    tag = TagFactory()
    PatientTag.objects.create(patient=alice, tag=tag, by=desk.by, until=dt.date(2026, 12, 4))
    LadderFactory(steps=[{"audience": "tag", "tag": tag}])
    noon.now = at(5, 8)
    assert planning.plan_due() == 0


def test_a_step_by_staff_is_a_task_with_a_reason(noon, visit):
    LadderFactory(steps=[{"act": "call", "media": ""}])
    noon.now = at(5, 8)
    assert planning.plan_due() == 1
    assert planning.plan_due() == 0
    [task] = Task.objects.all()
    assert (task.kind, task.patient, task.due_at) == (TaskKind.CALL_RISK, visit.patient, at(5, 9))
    assert task.expires_at == visit.starts_at
    assert not Delivery.objects.filter(kind="reminder").exists()


def test_the_family_of_a_deceased_person_is_not_called_about_a_visit(noon, visit):
    LadderFactory(steps=[{"act": "call", "media": ""}])
    noon.now = at(5, 8)
    Patient.objects.filter(pk=visit.patient_id).update(deceased_on=noon.now.date())
    assert planning.plan_due() == 0
    assert not Task.objects.exists()


def test_a_service_with_a_ladder_of_its_own_leaves_the_general_one(noon, visit, session):
    other = AppointmentFactory(slot=SlotFactory(session=SessionFactory(service=ServiceFactory(), day=session.day)))
    general = LadderFactory(steps=[{"hours_before": 24}])
    own = LadderFactory(steps=[{"hours_before": 24}], services=[session.service])
    noon.now = at(5, 8)
    assert planning.plan_due() == 2
    for ladder, booking in ((general, other), (own, visit)):
        [step] = ladder.steps.all()
        assert Delivery.objects.filter(key__startswith=planning.prefix(step)).get().about_id == booking.pk


def test_without_a_general_ladder_other_services_hear_nothing(noon, visit):
    LadderFactory(steps=[{"hours_before": 24}], services=[ServiceFactory()])
    LadderFactory(steps=[{"hours_before": 24}], state="draft")
    noon.now = at(5, 8)
    assert planning.plan_due() == 0


def test_all_are_found_page_by_page(noon, slots, session, monkeypatch):
    """Several with the same time, several times."""
    monkeypatch.setattr(planning, "CHUNK", 2)
    for slot in slots:
        slot.capacity = 3
        slot.save()
        for _number in range(3):
            AppointmentFactory(slot=slot)
    LadderFactory(steps=[{"hours_before": 24}])
    noon.now = at(5, 8)
    assert planning.plan_due() == 12


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_plan_once(noon, slots, session):
    for slot in slots:
        AppointmentFactory(slot=slot)
    LadderFactory(steps=[{"hours_before": 24}, {"hours_before": 23, "act": "call", "media": ""}])
    noon.now = at(5, 8)
    together = threading.Barrier(3)

    def work(_number):
        try:
            together.wait()
            return planning.plan_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 8
    assert (Delivery.objects.count(), Task.objects.count()) == (4, 4)
