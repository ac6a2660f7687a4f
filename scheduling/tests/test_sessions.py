import datetime as dt
from itertools import pairwise

import pytest
from django.core.management import call_command

from accounts.services.actors import system_user
from common import clock
from common.errors import ReasonRequired
from directory.tests.factories import LocationFactory, PractitionerFactory, ServiceFactory
from scheduling import errors, jobs
from scheduling.models import ClosedDay, Leave, Schedule, Session, Slot
from scheduling.services import sessions
from scheduling.tests.factories import ScheduleFactory, SessionFactory, desk

MONDAY = dt.date(2026, 3, 2)
NATIONAL_DAY = dt.date(2026, 10, 1)  # a Thursday on which China rests


def generate(first=MONDAY, last=None, **given):
    made = sessions.generate(first, last or first + dt.timedelta(days=13), by=system_user(), **given)
    return made.sessions, made.slots


def extra(**given):
    given = {
        "practitioner": PractitionerFactory(), "service": ServiceFactory(), "day": MONDAY, "starts": dt.time(18),
        "ends": dt.time(19), "by": desk().by, "reason": "long queue",
    } | given  # fmt: skip
    return sessions.add_extra(**given)


def at(day, hour):
    return clock.at_wall(day, dt.time(hour))


def test_a_weekly_line_becomes_a_session_with_its_slots_each_week():
    schedule = ScheduleFactory(capacity=3, slot_minutes=20, overbook_limit=2, location=LocationFactory())
    assert generate() == (2, 6)
    session = Session.objects.order_by("day")[0]
    assert (session.day, session.starts_at, session.ends_at) == (MONDAY, at(MONDAY, 9), at(MONDAY, 10))
    assert (session.practitioner, session.location) == (schedule.practitioner, schedule.location)
    assert (session.service, session.overbook_limit) == (schedule.service, 2)
    assert {(slot.capacity, slot.minutes, slot.service) for slot in session.slots.all()} == {(3, 20, schedule.service)}


def test_generating_again_makes_nothing_new():
    ScheduleFactory()
    generate()
    assert generate() == (0, 0)
    assert generate(last=MONDAY + dt.timedelta(days=20)) == (1, 4)


def test_places_open_so_many_days_before_at_a_wall_clock_time():
    ScheduleFactory(service=ServiceFactory(release_days=7, release_time=dt.time(7, 30)))
    generate()
    released = clock.local(Session.objects.order_by("day")[0].released_at)
    assert (released.date(), released.time()) == (MONDAY - dt.timedelta(days=7), dt.time(7, 30))


@pytest.mark.parametrize(
    "schedule",
    [
        {"is_active": False},
        {"valid_from": MONDAY + dt.timedelta(days=14)},
        {"valid_until": MONDAY - dt.timedelta(days=1)},
        {"practitioner__is_active": False},
        {"service__is_active": False},
    ],
)
def test_a_line_that_is_not_in_use_makes_nothing(schedule):
    ScheduleFactory(**schedule)
    assert generate() == (0, 0)


def test_validity_begins_and_ends_with_the_day():
    ScheduleFactory(valid_from=MONDAY, valid_until=MONDAY)
    assert generate(MONDAY - dt.timedelta(days=7), MONDAY + dt.timedelta(days=7)) == (1, 4)


def test_on_a_public_holiday_only_those_work_who_said_so():
    ScheduleFactory(weekday=3)
    works = ScheduleFactory(weekday=3, runs_on_holidays=True)
    assert generate(NATIONAL_DAY, NATIONAL_DAY) == (1, 4)
    assert Session.objects.get().schedule == works


def test_a_hospital_without_a_country_has_no_public_holidays(settings):
    settings.HOLIDAY_COUNTRY = ""
    ScheduleFactory(weekday=3)
    assert generate(NATIONAL_DAY, NATIONAL_DAY) == (1, 4)


def test_a_public_holiday_on_which_the_hospital_works_all_the_same():
    ScheduleFactory(weekday=3)
    ClosedDay.objects.create(day=NATIONAL_DAY, is_open=True, name_en="Working day")
    assert generate(NATIONAL_DAY, NATIONAL_DAY) == (1, 4)


def test_the_hospitals_own_closed_day_binds_those_who_work_on_holidays_too():
    ScheduleFactory(runs_on_holidays=True)
    ClosedDay.objects.create(day=MONDAY, name_en="Founding day")
    assert generate(MONDAY, MONDAY) == (0, 0)


def test_a_sites_own_word_goes_before_the_hospitals():
    here, there = ScheduleFactory(), ScheduleFactory()
    ClosedDay.objects.create(day=MONDAY, name_en="Founding day")
    ClosedDay.objects.create(day=MONDAY, name_en="Open", is_open=True, site=here.service.department.site)
    assert generate(MONDAY, MONDAY) == (1, 4)
    assert not Session.objects.filter(schedule=there).exists()


def test_a_closed_site_does_not_close_the_other():
    here, there = ScheduleFactory(), ScheduleFactory()
    ClosedDay.objects.create(day=MONDAY, name_en="Moving house", site=here.service.department.site)
    generate(MONDAY, MONDAY)
    assert Session.objects.get().schedule == there


@pytest.mark.parametrize(("since", "till", "away"), [(8, 9, False), (8, 10, True), (9, 10, True), (10, 12, False)])
def test_nobody_on_leave_has_a_session(since, till, away):
    schedule = ScheduleFactory()
    Leave.objects.create(
        practitioner=schedule.practitioner, starts_at=at(MONDAY, since), ends_at=at(MONDAY, till), reason="course"
    )
    assert generate(MONDAY, MONDAY) == ((0, 0) if away else (1, 4))


def test_a_leave_of_many_days_covers_those_within_it():
    schedule = ScheduleFactory()
    long = MONDAY - dt.timedelta(days=30), MONDAY + dt.timedelta(days=30)
    Leave.objects.create(practitioner=schedule.practitioner, starts_at=at(long[0], 0), ends_at=at(long[1], 0))
    assert generate() == (0, 0)


def test_one_person_is_never_put_in_two_rooms():
    schedule = ScheduleFactory()
    ScheduleFactory(practitioner=schedule.practitioner, starts=dt.time(9, 30), ends=dt.time(11))
    ScheduleFactory(practitioner=schedule.practitioner, starts=dt.time(10), ends=dt.time(11))
    assert generate(MONDAY, MONDAY) == (2, 8)


def test_an_extra_session_that_is_there_already_goes_before_the_roster():
    schedule = ScheduleFactory()
    extra(practitioner=schedule.practitioner, starts=dt.time(9), ends=dt.time(9, 30))
    assert generate(MONDAY, MONDAY) == (0, 0)


def test_a_cancelled_session_is_not_made_again_by_night():
    ScheduleFactory()
    generate(MONDAY, MONDAY)
    Session.objects.update(status="cancelled")
    assert generate(MONDAY, MONDAY) == (0, 0)


def test_what_is_left_over_at_the_end_is_too_short_to_book():
    ScheduleFactory(slot_minutes=25)
    assert generate(MONDAY, MONDAY) == (1, 2)


def test_only_the_chosen_lines_are_generated():
    ScheduleFactory()
    chosen = ScheduleFactory()
    assert generate(MONDAY, MONDAY, schedules=Schedule.objects.filter(pk=chosen.pk)) == (1, 4)
    assert Session.objects.get().schedule == chosen


def test_every_night_the_horizon_moves_on(settings):
    settings.HORIZON_DAYS = 7
    settings.HOLIDAY_COUNTRY = ""
    ScheduleFactory(weekday=clock.today().weekday())
    jobs.nightly()
    days = Session.objects.order_by("day").values_list("day", flat=True)
    assert list(days) == [clock.today(), clock.today() + dt.timedelta(days=7)]
    tomorrow = clock.now() + dt.timedelta(days=1)
    assert sessions.generate_horizon(by=system_user(), at=tomorrow).sessions == 0


def test_the_command_says_what_it_made(capsys, settings):
    settings.HOLIDAY_COUNTRY = ""
    ScheduleFactory(weekday=clock.today().weekday())
    call_command("generate_sessions", days=6)
    assert capsys.readouterr().out == "1 sessions, 4 slots\n"


def test_an_extra_session_is_open_at_once(now):
    session = extra(capacity=2)
    assert session.is_extra
    assert session.released_at >= now
    assert [slot.capacity for slot in session.slots.all()] == [2, 2, 2, 2]


def test_an_extra_session_may_open_later(now):
    opens = now + dt.timedelta(days=1)
    assert extra(released_at=opens).released_at == opens


def test_an_extra_session_takes_a_reason():
    with pytest.raises(ReasonRequired):
        extra(reason="  ")


def test_an_extra_session_does_not_clash_with_its_person_or_its_room():
    room, person = LocationFactory(), PractitionerFactory()
    first = extra(location=room, practitioner=person)
    with pytest.raises(errors.SessionClash, match=person.name):
        extra(practitioner=person, starts=dt.time(18, 30))
    with pytest.raises(errors.SessionClash, match=str(room)):
        extra(location=room, starts=dt.time(18, 30))
    assert extra(location=room, practitioner=person, starts=dt.time(19), ends=dt.time(20))
    Session.objects.filter(pk=first.pk).update(status="cancelled")
    assert extra(location=room, practitioner=person)


@pytest.mark.parametrize("ends", [dt.time(18), dt.time(17), dt.time(18, 10)])
def test_an_extra_session_has_room_for_a_slot(ends):
    with pytest.raises(errors.SessionTooShort):
        extra(ends=ends)
    assert not Session.objects.exists()


def test_slots_of_a_session_never_overlap_whoever_writes_them():
    session = SessionFactory()
    for slot in sessions.build_slots(session, 15, 1):
        slot.save()
    times = list(Slot.objects.values_list("starts_at", "ends_at"))
    assert all(end <= start for (_s, end), (start, _e) in pairwise(times))
