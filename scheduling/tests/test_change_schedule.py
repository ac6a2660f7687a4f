"""Changing the weekly roster: the difference first, then the change, and nobody who holds a place loses it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.services.actors import system_user
from common import clock
from common.errors import ReasonRequired
from directory.tests.factories import LocationFactory, PractitionerFactory, ServiceFactory
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import Appointment, Leave, Schedule, Session, Slot
from scheduling.services import appointments, pool, schedules, sessions, stoppages
from scheduling.services.calendars import Calendar
from scheduling.tests.factories import AppointmentFactory, ScheduleFactory, SlotFactory, desk

AHEAD = 14


@pytest.fixture(autouse=True)
def _no_holidays(settings):
    settings.HOLIDAY_COUNTRY = ""


def made(**line):
    """A line of the roster, two days from now, with the sessions of a fortnight."""
    day = clock.today() + dt.timedelta(days=2)
    schedule = ScheduleFactory(**{"weekday": day.weekday()} | line)
    sessions.generate(clock.today(), clock.today() + dt.timedelta(days=AHEAD), by=system_user())
    return schedule


def first_session():
    return Session.objects.filter(schedule__isnull=False).exclude(status="cancelled").order_by("day").first()


def slots_of(session):
    return list(session.slots.in_roster().order_by("starts_at"))


def change(schedule, **changes):
    plan = schedules.plan_change(schedule, **changes)
    return schedules.apply_change(plan, by=desk().by, reason="new term")


def walls(session):
    return [clock.local(slot.starts_at).strftime("%H:%M") for slot in slots_of(session)]


def test_a_plan_writes_nothing():
    schedule = made()
    before = list(Slot.objects.values()), list(Session.objects.values()), list(Schedule.objects.values())
    plan = schedules.plan_change(schedule, starts=dt.time(8), slot_minutes=30)
    assert plan.added and plan.removed  # noqa: PT018
    assert before == (list(Slot.objects.values()), list(Session.objects.values()), list(Schedule.objects.values()))


def test_a_longer_morning_adds_slots_and_an_earlier_end_takes_some_away():
    schedule = made()
    plan = schedules.plan_change(schedule, starts=dt.time(8, 30), ends=dt.time(9, 30))
    assert (len(plan.added), len(plan.removed), plan.kept, plan.ended) == (4, 4, [], [])
    change(schedule, starts=dt.time(8, 30), ends=dt.time(9, 30))
    session = first_session()
    assert walls(session) == ["08:30", "08:45", "09:00", "09:15"]
    assert (clock.local(session.starts_at).time(), clock.local(session.ends_at).time()) == (
        dt.time(8, 30),
        dt.time(9, 30),
    )


def test_a_held_slot_stays_as_it_is_and_is_shown():
    schedule = made()
    booking = AppointmentFactory(slot=slots_of(first_session())[3])
    plan = schedules.plan_change(schedule, ends=dt.time(9, 30))
    assert plan.kept == [booking.slot]
    schedules.apply_change(plan, by=desk().by, reason="shorter")
    booking.refresh_from_db()
    assert (booking.status, booking.slot.closed) == ("booked", "")
    assert walls(first_session()) == ["09:00", "09:15", "09:45"]
    assert pool.check() == []


def test_new_times_leave_out_what_would_overlap_a_held_slot():
    schedule = made()
    AppointmentFactory(slot=slots_of(first_session())[1])
    change(schedule, slot_minutes=20)
    assert walls(first_session()) == ["09:15", "09:40"]


def test_a_time_that_somebody_once_had_and_that_gets_longer():
    schedule = made()
    booking = AppointmentFactory(slot=slots_of(first_session())[0])
    appointments.cancel(appointment=booking, origin=desk())
    change(schedule, slot_minutes=30)
    assert walls(first_session()) == ["09:00", "09:30"]
    assert pool.check() == []


def test_a_time_from_which_somebody_was_moved_away_can_go():
    schedule = made()
    booking = AppointmentFactory(slot=slots_of(first_session())[0])
    appointments.move(appointment=booking, slot=SlotFactory(), origin=desk())
    change(schedule, starts=dt.time(9, 15))
    assert walls(first_session()) == ["09:15", "09:30", "09:45"]
    assert booking.events.get().from_slot_id


def test_a_change_that_is_taken_back_gives_the_old_times_again():
    schedule = made()
    day, old = first_session().day, walls(first_session())
    booking = AppointmentFactory(slot=slots_of(first_session())[0])
    appointments.cancel(appointment=booking, origin=desk())
    change(schedule, weekday=(day.weekday() + 1) % 7)
    assert not Session.objects.filter(day=day).exclude(status="cancelled").exists()
    change(schedule, weekday=day.weekday())
    assert (first_session().day, walls(first_session())) == (day, old)


def test_another_weekday_ends_sessions_and_makes_new_ones():
    schedule = made()
    day = first_session().day
    plan = change(schedule, weekday=(day.weekday() + 1) % 7)
    assert [session.day for session in plan.ended] == [day, day + dt.timedelta(days=7)]
    assert plan.new_days == [day + dt.timedelta(days=1), day + dt.timedelta(days=8)]
    live = Session.objects.exclude(status="cancelled").order_by("day").values_list("day", flat=True)
    assert list(live) == plan.new_days


def test_another_weekday_is_made_from_tomorrow_on():
    schedule = made()
    tomorrow = clock.today() + dt.timedelta(days=1)
    assert tomorrow in schedules.plan_change(schedule, weekday=tomorrow.weekday()).new_days


def test_a_day_on_which_somebody_holds_a_place_does_not_end():
    schedule = made()
    booking = AppointmentFactory(slot=slots_of(first_session())[0])
    plan = change(schedule, is_active=False)
    assert plan.kept == [booking.slot]
    session = first_session()
    assert (session.status, walls(session)) == ("open", ["09:00"])
    assert Session.objects.exclude(status="cancelled").count() == 1


def test_fewer_places_never_undercut_what_is_taken():
    schedule = made(capacity=3)
    full = slots_of(first_session())[0]
    for _ in range(2):
        AppointmentFactory(slot=full)
    plan = change(schedule, capacity=1)
    full.refresh_from_db()
    assert (plan.kept, full.capacity) == ([full], 3)
    assert {slot.capacity for slot in slots_of(first_session())[1:]} == {1}
    assert pool.check() == []


def test_more_places_take_up_who_was_overbooked():
    schedule = made(overbook_limit=1)
    slot, boss = slots_of(first_session())[0], desk(is_superuser=True)
    AppointmentFactory(slot=slot)
    appointments.book(patient=PatientFactory(), slot=slot, origin=boss, overbook=True, reason="fever")
    change(schedule, capacity=3)
    slot.refresh_from_db()
    assert (slot.taken, slot.capacity, slot.overbooking) == (2, 3, 0)
    assert pool.check() == []


def test_a_smaller_limit_leaves_who_was_overbooked():
    schedule = made(overbook_limit=1)
    slot = slots_of(first_session())[0]
    AppointmentFactory(slot=slot)
    appointments.book(
        patient=PatientFactory(), slot=slot, origin=desk(is_superuser=True), overbook=True, reason="fever"
    )
    change(schedule, overbook_limit=0)
    assert list(Session.objects.order_by("day").values_list("overbook_limit", flat=True)) == [1, 0]
    assert pool.check() == []


def test_a_blocked_slot_stays_blocked_while_the_roster_has_its_time():
    schedule = made()
    blocked = slots_of(first_session())[0]
    Slot.objects.filter(pk=blocked.pk).update(closed="blocked")
    change(schedule, ends=dt.time(9, 30))
    assert [slot.closed for slot in slots_of(first_session())] == ["blocked", ""]


def test_a_stopped_session_takes_new_times_but_no_bookings():
    schedule = made()
    origin = desk(is_superuser=True)
    stopped = stoppages.apply(
        stoppages.plan([first_session()], origin=origin), kind="stop_new", reason="ill", origin=origin
    )
    change(schedule, starts=dt.time(8))
    session = first_session()
    assert {slot.closed for slot in slots_of(session)} == {"stopped"}
    stoppages.lift(stopped[0], origin=origin, reason="well again")
    assert [slot.closed for slot in slots_of(session)] == [""] * 8


def test_a_stopped_session_may_lose_all_its_open_times():
    schedule = made()
    origin = desk(is_superuser=True)
    AppointmentFactory(slot=slots_of(first_session())[0])
    stoppages.apply(stoppages.plan([first_session()], origin=origin), kind="stop_new", reason="ill", origin=origin)
    change(schedule, ends=dt.time(9, 15))
    assert walls(first_session()) == ["09:00"]


def test_a_session_that_was_cancelled_by_a_stoppage_stays_cancelled():
    schedule = made()
    session, origin = first_session(), desk(is_superuser=True)
    stoppages.apply(stoppages.plan([session], origin=origin), kind="cancel", reason="ill", origin=origin)
    plan = change(schedule, starts=dt.time(8))
    session.refresh_from_db()
    assert session.status == "cancelled"
    assert {slot.session_id for slot in plan.added}.isdisjoint({session.pk})
    assert session.day not in plan.new_days


def test_todays_session_is_not_touched():
    schedule = made(weekday=clock.today().weekday(), starts=dt.time(0), ends=dt.time(23, 59))
    today = Session.objects.get(day=clock.today())
    change(schedule, location=LocationFactory(), overbook_limit=5, ends=dt.time(12))
    today.refresh_from_db()
    assert (today.location, today.overbook_limit, len(slots_of(today))) == (None, 0, 95)


def test_sessions_take_over_the_room_and_the_limit():
    schedule, room = made(), LocationFactory()
    change(schedule, location=room, overbook_limit=2)
    assert set(Session.objects.values_list("location", "overbook_limit")) == {(room.pk, 2)}


def test_a_plan_that_no_longer_says_what_would_happen_is_not_applied():
    schedule = made()
    plan = schedules.plan_change(schedule, ends=dt.time(9, 30))
    AppointmentFactory(slot=slots_of(first_session())[3])
    with pytest.raises(errors.PlanOutdated):
        schedules.apply_change(plan, by=desk().by, reason="new term")
    schedule.refresh_from_db()
    assert schedule.ends == dt.time(10)
    assert len(slots_of(first_session())) == 4


def test_a_plan_of_yesterday_is_not_applied_to_what_is_today_by_now():
    schedule = made()
    plan = schedules.plan_change(schedule, ends=dt.time(9, 30))
    with pytest.raises(errors.PlanOutdated):
        schedules.apply_change(plan, by=desk().by, reason="late", at=clock.now() + dt.timedelta(days=2))


def test_a_change_takes_a_reason_and_a_possible_schedule():
    schedule = made()
    with pytest.raises(ReasonRequired):
        schedules.apply_change(schedules.plan_change(schedule, ends=dt.time(9, 30)), by=desk().by, reason="")
    with pytest.raises(ValidationError):
        schedules.plan_change(schedule, ends=dt.time(8))


def test_another_person_or_service_is_another_line():
    schedule = made()
    for changed in ({"practitioner": PractitionerFactory()}, {"service": ServiceFactory()}):
        with pytest.raises(errors.ScheduleFixed):
            schedules.plan_change(schedule, **changed)


def test_new_times_do_not_put_the_practitioner_in_two_rooms():
    schedule = made()
    ScheduleFactory(practitioner=schedule.practitioner, weekday=schedule.weekday, starts=dt.time(10), ends=dt.time(11))
    sessions.generate(clock.today(), clock.today() + dt.timedelta(days=AHEAD), by=system_user())
    with pytest.raises(errors.SessionClash):
        schedules.plan_change(schedule, ends=dt.time(10, 30))


def test_a_day_on_leave_is_not_promised():
    schedule = made()
    day = first_session().day + dt.timedelta(days=1)
    start, end = clock.day_bounds(day)
    Leave.objects.create(practitioner=schedule.practitioner, starts_at=start, ends_at=end)
    assert day not in schedules.plan_change(schedule, weekday=day.weekday()).new_days


def test_the_nightly_job_has_nothing_to_add_after_a_change():
    schedule = made()
    change(schedule, weekday=(schedule.weekday + 3) % 7, starts=dt.time(14), ends=dt.time(15))
    last = Session.objects.exclude(status="cancelled").latest("day").day
    assert sessions.generate(clock.today() + dt.timedelta(days=1), last, by=system_user()).sessions == 0


hours = st.integers(0, 22)
changes = st.fixed_dictionaries(
    {},
    optional={
        "weekday": st.integers(0, 6),
        "hours": st.tuples(hours, hours).filter(lambda pair: pair[0] < pair[1]),
        "slot_minutes": st.sampled_from([7, 10, 15, 20, 30, 60, 90]),
        "capacity": st.integers(1, 4),
        "overbook_limit": st.integers(0, 3),
        "is_active": st.booleans(),
        "valid_until": st.sampled_from([None, 4, 9]),
    },
)
acts = st.lists(st.tuples(st.sampled_from(["book", "cancel", "move"]), st.integers(0, 200)), max_size=6)


def as_fields(drawn):
    fields = dict(drawn)
    if "hours" in fields:
        fields["starts"], fields["ends"] = (dt.time(hour) for hour in fields.pop("hours"))
    if fields.get("valid_until"):
        fields["valid_until"] = clock.today() + dt.timedelta(days=fields["valid_until"])
    return fields


def act(what, number, origin):
    """Somebody books, cancels or moves; that this is refused is fine here."""
    free, booked = list(Slot.objects.free().order_by("pk")), list(Appointment.objects.filter(status="booked"))
    try:
        if what == "book" and free:
            appointments.book(patient=PatientFactory(), slot=free[number % len(free)], origin=origin)
        elif what == "cancel" and booked:
            appointments.cancel(appointment=booked[number % len(booked)], origin=origin)
        elif what == "move" and booked and free:
            appointments.move(appointment=booked[number % len(booked)], slot=free[number % len(free)], origin=origin)
    except (errors.SameSlot, errors.SlotPast, errors.NotReleased, errors.SessionStopped):
        pass


def claims():
    return set(Appointment.objects.claiming().values_list("pk", "slot", "starts_at", "ends_at", "status"))


def expect_the_roster(schedule):
    """On each day: the roster's times without those that overlap a held one, and the held ones; nothing else."""
    calendar = Calendar.between(clock.today(), clock.today() + dt.timedelta(days=AHEAD))
    for day in (clock.today() + dt.timedelta(days=n) for n in range(1, AHEAD - 6)):
        session = sessions.session_of(schedule, day, calendar)
        wanted = {(s.starts_at, s.ends_at) for s in sessions.slots_of(session, schedule)} if session else set()
        there = Slot.objects.in_roster().filter(session__schedule=schedule, session__day=day)
        there = there.exclude(session__status="cancelled")
        held = {(s.starts_at, s.ends_at) for s in there if s.taken}
        clear = {w for w in wanted if not any(h[0] < w[1] and h[1] > w[0] for h in held - wanted)}
        assert {(s.starts_at, s.ends_at) for s in there} == clear | held, day
        assert {s.capacity for s in there if not s.taken} <= {schedule.capacity}


@settings(max_examples=40)
@given(st.lists(st.tuples(acts, changes), min_size=1, max_size=3))
def test_whatever_changes_no_claim_is_lost_and_free_times_are_the_rosters(steps):
    with transaction.atomic():
        schedule, origin = made(), desk(is_superuser=True)
        for several, drawn in steps:
            for what, number in several:
                act(what, number, origin)
            before = claims()
            schedule.refresh_from_db()
            change(schedule, **as_fields(drawn))
            schedule.refresh_from_db()
            assert claims() == before
            assert pool.check() == []
            expect_the_roster(schedule)
        transaction.set_rollback(True)


def test_another_room_is_part_of_the_difference():
    schedule, room = made(location=LocationFactory()), LocationFactory()
    plan = schedules.plan_change(schedule, location=room)
    assert [session.day for session in plan.rehoused] == list(Session.objects.values_list("day", flat=True))
    assert schedules.plan_change(schedule, ends=dt.time(9, 30)).rehoused == []
    change(schedule, location=room)
    assert set(Session.objects.values_list("location", flat=True)) == {room.pk}


def test_a_room_that_somebody_is_in_already_is_told_and_not_refused():
    other = made(location=LocationFactory())
    schedule = made(starts=dt.time(9, 30), ends=dt.time(10, 30))
    plan = schedules.plan_change(schedule, location=other.location)
    assert {shared.other.schedule for shared in plan.shared} == {other}
    assert len(plan.shared) == len(plan.rehoused) > 0
    change(schedule, location=other.location)
    assert schedules.plan_change(schedule, starts=dt.time(10)).shared == []


def test_a_session_that_came_into_the_room_since_the_preview_is_shown_first():
    schedule, room = made(), LocationFactory()
    plan = schedules.plan_change(schedule, location=room)
    made(location=room)
    with pytest.raises(errors.PlanOutdated):
        schedules.apply_change(plan, by=desk().by, reason="new term")


def test_the_generator_says_which_sessions_share_a_room():
    first = made(location=LocationFactory())
    second = ScheduleFactory(weekday=first.weekday, location=first.location, starts=dt.time(9, 45))
    made_now = sessions.generate(clock.today(), clock.today() + dt.timedelta(days=AHEAD), by=system_user())
    assert {(pair.session.schedule, pair.other.schedule) for pair in made_now.shared} == {(second, first)}
    assert made_now.sessions == len(made_now.shared) > 0
