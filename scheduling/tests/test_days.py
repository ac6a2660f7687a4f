import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from common import clock
from common.errors import Refusal
from directory.tests.factories import PractitionerFactory, ServiceFactory
from scheduling.models import ChannelRule, Session
from scheduling.services import days, free_places, holds
from scheduling.services.free_places import Wish
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, channel, desk


def wish(**asked):
    today = clock.today()
    return Wish(**{"first_day": today, "last_day": today + dt.timedelta(days=60)} | asked)


def ahead(n):
    return clock.today() + dt.timedelta(days=n)


def bookable(by="portal", at=None, count=14, **asked):
    origin = desk() if by == "desk" else channel(by)
    found = days.bookable(wish(**asked), origin=origin, count=count, at=at)
    return [(day.day, day.free, day.why and day.why.code) for day in found]


def test_each_day_says_how_many_places_it_has():
    first, later = SessionFactory(day=ahead(1)), SessionFactory(day=ahead(4))
    SlotFactory(session=first, capacity=3)
    SlotFactory(session=first, number=1)
    AppointmentFactory(slot=SlotFactory(session=later, capacity=3))
    assert bookable() == [(ahead(1), 4, None), (ahead(4), 2, None)]


def test_a_day_without_places_says_why(now):
    AppointmentFactory(slot=SlotFactory(session=SessionFactory(day=ahead(1))))
    SlotFactory(session=SessionFactory(day=ahead(2), released_at=now + dt.timedelta(hours=1)))
    SlotFactory(session=SessionFactory(day=ahead(3), status="stopped"))
    SlotFactory(session=SessionFactory(day=ahead(4)), closed="blocked")
    SlotFactory(session=SessionFactory(day=ahead(5)), closed="retired")
    assert bookable() == [
        (ahead(1), 0, "slot_full"), (ahead(2), 0, "not_released"), (ahead(3), 0, "session_stopped"),
        (ahead(4), 0, "slot_blocked"),
    ]  # fmt: skip


def test_of_several_reasons_the_one_that_leaves_most_hope_is_given(now):
    SlotFactory(session=SessionFactory(day=ahead(1), status="stopped"))
    AppointmentFactory(slot=SlotFactory(session=SessionFactory(day=ahead(1))))
    assert bookable() == [(ahead(1), 0, "slot_full")]
    SlotFactory(session=SessionFactory(day=ahead(1), released_at=now + dt.timedelta(hours=1)))
    assert bookable() == [(ahead(1), 0, "not_released")]


def test_later_days_follow_where_the_first_ones_end():
    for n in range(1, 6):
        SlotFactory(session=SessionFactory(day=ahead(2 * n)))
    assert [day for day, *_rest in bookable(count=3)] == [ahead(2), ahead(4), ahead(6)]
    assert [day for day, *_rest in bookable(count=3, first_day=ahead(7))] == [ahead(8), ahead(10)]


def test_both_days_of_the_wish_are_included_and_nothing_beyond():
    for n in (2, 3, 4):
        SlotFactory(session=SessionFactory(day=ahead(n)))
    assert [day for day, *_rest in bookable(first_day=ahead(3), last_day=ahead(3))] == [ahead(3)]


def test_times_that_have_begun_are_no_longer_counted():
    session = SessionFactory()
    first = SlotFactory(session=session)
    SlotFactory(session=session, number=1)
    assert bookable(at=first.starts_at + dt.timedelta(minutes=1)) == [(session.day, 1, None)]
    assert bookable(at=session.ends_at) == []


def test_the_wish_counts_person_service_and_part_of_day():
    slot = SlotFactory()
    SlotFactory(session=SessionFactory(practitioner=slot.session.practitioner))
    SlotFactory(session=SessionFactory(service=slot.service))
    both = {"practitioner": slot.session.practitioner.uuid, "service": slot.service.uuid}
    assert bookable(**both) == [(ahead(1), 1, None)]
    assert bookable(part_of_day="am", **both) == [(ahead(1), 1, None)]
    assert bookable(part_of_day="pm", **both) == []


def test_nothing_is_told_of_what_does_not_exist_or_lies_outside_the_scope():
    SlotFactory()
    assert bookable(service=ServiceFactory().uuid) == []
    assert bookable(practitioner=PractitionerFactory().uuid) == []
    assert days.bookable(wish(), origin=desk(sees_all_sites=False)) == []


def test_the_place_of_an_ended_hold_is_free(now, minutes):
    slot = SlotFactory()
    holds.hold(slot=slot, origin=channel(), at=now)
    assert bookable(at=now) == [(ahead(1), 0, "slot_full")]
    assert bookable(at=now + minutes(5)) == [(ahead(1), 1, None)]


def test_a_channel_is_told_no_more_places_than_its_share_of_the_session():
    ChannelRule.objects.create(channel="portal", name_en="A quarter", max_percent=25)
    session = SessionFactory(day=ahead(10))
    for number in range(4):
        SlotFactory(session=session, number=number, capacity=2)
    assert bookable() == [(ahead(10), 2, None)]
    assert bookable("phone") == [(ahead(10), 8, None)]


def test_when_another_channel_keeps_the_places_the_day_says_from_when_they_open():
    ChannelRule.objects.create(channel="desk", name_en="All", reserved_percent=100)
    SlotFactory(session=SessionFactory(day=ahead(10)))
    assert bookable() == [(ahead(10), 0, "channel_reserved")]


@pytest.mark.parametrize("rules", [0, 1])
def test_the_statements_do_not_grow_with_the_days(rules, now, minutes, django_assert_num_queries):
    """Four at most without rules of channels; with them their sessions are counted as well."""
    for number in range(rules):
        ChannelRule.objects.create(channel="portal", name_en=f"Rule {number}", max_percent=90)
    origin, service, asked = channel(), ServiceFactory(), wish()
    holds.hold(slot=SlotFactory(session=SessionFactory(service=service)), origin=origin, at=now)
    for n in (1, 25):
        while Session.objects.count() < n:
            session = SessionFactory(service=service, day=ahead(Session.objects.count() + 1))
            SlotFactory(session=session, number=0)
        with django_assert_num_queries(4 + 4 * rules):
            assert len(days.bookable(asked, origin=origin, count=25, at=now + minutes(6))) == n


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL's plans")
def test_slots_are_found_by_their_sessions_and_never_read_through():
    SlotFactory()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plans = []
    with connection.execute_wrapper(explaining(plans)):
        connection.force_debug_cursor = True
        try:
            bookable()
        finally:
            connection.force_debug_cursor = False
    about_slots = [plan for plan in plans if "scheduling_slot" in plan]
    assert len(about_slots) == 2
    assert not any("Seq Scan on scheduling_slot" in plan for plan in about_slots)


def explaining(plans):
    """Keeps the plan of each SELECT."""

    def wrapper(execute, sql, params, many, context):
        if sql.startswith("SELECT"):
            with connection.connection.cursor() as own:
                own.execute("EXPLAIN " + sql, params)
                plans.append("\n".join(row[0] for row in own.fetchall()))
        return execute(sql, params, many, context)

    return wrapper


one_session = st.fixed_dictionaries(
    {
        "day": st.integers(1, 4),
        "status": st.sampled_from(["open", "open", "stopped"]),
        "released": st.sampled_from([True, True, False]),
        "slots": st.lists(
            st.tuples(st.integers(1, 3), st.integers(0, 3), st.sampled_from(["", "", "blocked"])), max_size=3
        ),
    }
)
no_share = st.sampled_from([{}, {"opens_days": 2}, {"closes_hours": 60}])
share = st.sampled_from([{"max_percent": 40}, {"channel": "desk", "reserved_percent": 50}, {"max_percent": 0}])


def build(sessions, rule):
    service, at = ServiceFactory(), clock.now()
    ChannelRule.objects.create(**{"channel": "portal", "name_en": "Rule", "melts_hours": 1} | rule)
    for one in sessions:
        released = at + dt.timedelta(hours=-1 if one["released"] else 1)
        session = SessionFactory(service=service, day=ahead(one["day"]), status=one["status"], released_at=released)
        for number, (capacity, taken, closed) in enumerate(one["slots"]):
            slot = SlotFactory(session=session, number=number, capacity=capacity)
            for _ in range(min(taken, capacity)):
                AppointmentFactory(slot=slot, channel="phone")
            type(slot).objects.filter(pk=slot.pk).update(closed=closed)
    return wish(service=service.uuid)


def found_on(asked, day, origin):
    page = replace(asked, first_day=day, last_day=day, include_full=True, limit=500)
    return free_places.search(page, origin=origin).found


@settings(max_examples=25)
@given(sessions=st.lists(one_session, max_size=6), rule=no_share)
def test_a_day_has_the_places_that_a_search_finds_on_it(sessions, rule):
    with transaction.atomic():
        asked, origin = build(sessions, rule), channel()
        told = {day.day: (day.free, day.why is None) for day in days.bookable(asked, origin=origin)}
        for n in range(6):
            found = found_on(asked, ahead(n), origin)
            free = sum(item.free for item in found)
            assert told.get(ahead(n)) == ((free, free > 0) if found else None)
        transaction.set_rollback(True)


@settings(max_examples=15)
@given(sessions=st.lists(one_session, max_size=4), rule=share)
def test_as_many_places_can_be_held_on_a_day_as_it_says(sessions, rule):
    with transaction.atomic():
        asked, origin = build(sessions, rule), channel()
        for day in days.bookable(asked, origin=origin):
            slots = [item.slot for item in found_on(asked, day.day, origin)]
            assert sum(held(slot, origin) for slot in slots) == day.free
        transaction.set_rollback(True)


def held(slot, origin):
    """How many holds of this slot succeed, one after the other."""
    count = 0
    while True:
        try:
            holds.hold(slot=slot, origin=origin)
        except Refusal:
            return count
        count += 1
