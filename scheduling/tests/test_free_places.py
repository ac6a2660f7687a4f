import datetime as dt

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from common import clock
from directory.tests.factories import DepartmentFactory, PractitionerFactory, ServiceFactory
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import ChannelRule, Slot
from scheduling.services import appointments, free_places, holds, rules
from scheduling.services.free_places import Wish
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, channel, desk


def wish(**given):
    today = clock.today()
    return Wish(**{"first_day": today, "last_day": today + dt.timedelta(days=14)} | given)


def search(by="desk", at=None, **given):
    origin = desk() if by == "desk" else channel(by)
    return free_places.search(wish(**given), origin=origin, at=at)


def slots(**given):
    return [item.slot for item in search(**given).found]


def refusals(**given):
    return {item.slot: item.why and item.why.code for item in search(include_full=True, **given).found}


def session_at(hour, days=1, **given):
    day = clock.today() + dt.timedelta(days=days)
    return SessionFactory(day=day, starts_at=clock.at_wall(day, dt.time(hour)), **given)


def test_free_places_come_soonest_first_with_how_many_are_left():
    late, early = SlotFactory(number=3), SlotFactory(capacity=3)
    AppointmentFactory(slot=early)
    found = search().found
    assert [(item.slot, item.free, item.why) for item in found] == [(early, 2, None), (late, 1, None)]


def test_what_is_full_closed_past_or_not_released_is_left_out(now):
    AppointmentFactory()
    SlotFactory(closed="blocked")
    SlotFactory(closed="retired")
    SlotFactory(session__status="stopped")
    SlotFactory(session__released_at=now + dt.timedelta(hours=1))
    SlotFactory(session=session_at(9, days=-1))
    SlotFactory(session=session_at(9, days=15))
    assert search().found == []


@pytest.mark.parametrize("what", ["service", "department", "site", "practitioner"])
def test_a_wish_names_a_service_a_department_a_site_or_a_person(what):
    slot, _other = SlotFactory(), SlotFactory()
    service = slot.service
    named = {
        "service": service, "department": service.department, "site": service.department.site,
        "practitioner": slot.session.practitioner,
    }  # fmt: skip
    assert slots(**{what: named[what].uuid}) == [slot]


def test_a_wish_for_a_person_and_a_service_means_both():
    slot = SlotFactory()
    SlotFactory(session=SessionFactory(practitioner=slot.session.practitioner))
    SlotFactory(session=SessionFactory(service=slot.service))
    assert slots(practitioner=slot.session.practitioner.uuid, service=slot.service.uuid) == [slot]


def test_nothing_is_found_of_what_does_not_exist_or_is_not_in_use():
    SlotFactory(session__service__is_active=False)
    assert search().found == []
    assert search(service=ServiceFactory.build().uuid).found == []
    assert search(department=DepartmentFactory().uuid).found == []
    assert search(practitioner=PractitionerFactory().uuid).found == []


def test_the_part_of_day_is_the_hospitals():
    morning, noon = SlotFactory(session=session_at(11)), SlotFactory(session=session_at(12))
    assert slots(part_of_day="am") == [morning]
    assert slots(part_of_day="pm") == [noon]
    assert slots() == [morning, noon]


def test_days_are_the_hospitals_and_both_are_included():
    tomorrow = clock.today() + dt.timedelta(days=1)
    midnight, last = SlotFactory(session=session_at(0)), SlotFactory(session=session_at(23))
    SlotFactory(session=session_at(0, days=2))
    assert slots(first_day=tomorrow, last_day=tomorrow) == [midnight, last]


def test_a_slot_outside_the_scope_is_not_found():
    SlotFactory()
    assert free_places.search(wish(), origin=desk(sees_all_sites=False)).found == []


def test_the_place_of_an_ended_hold_is_free(now, minutes):
    slot = SlotFactory()
    holds.hold(slot=slot, origin=channel(), at=now)
    assert search(at=now + minutes(4)).found == []
    [found] = search(at=now + minutes(5)).found
    assert (found.slot, found.free) == (slot, 1)


def test_the_place_of_an_ended_hold_is_not_free_when_the_slot_is_overbooked(now, minutes):
    slot = SlotFactory(session=SessionFactory(overbook_limit=1))
    holds.hold(slot=slot, origin=channel(), at=now)
    appointments.book(
        patient=PatientFactory(), slot=slot, origin=desk(is_superuser=True), overbook=True, reason="fever", at=now
    )
    assert search(at=now + minutes(5)).found == []
    assert refusals(at=now + minutes(5)) == {slot: "slot_full"}


def test_whoever_asks_for_all_slots_is_told_why_each_is_not_to_be_had(now):
    full = AppointmentFactory().slot
    blocked, stopped = SlotFactory(closed="blocked"), SlotFactory(closed="stopped")
    later = SlotFactory(session__released_at=now + dt.timedelta(hours=1))
    free = SlotFactory(number=3)
    SlotFactory(closed="retired")
    assert refusals() == {
        full: "slot_full", blocked: "slot_blocked", stopped: "session_stopped", later: "not_released", free: None
    }  # fmt: skip


def test_every_slot_that_is_found_can_be_booked_and_every_other_is_refused_alike(now):
    ChannelRule.objects.create(channel="portal", name_en="Half", max_percent=50)
    ChannelRule.objects.create(channel="desk", name_en="A quarter", reserved_percent=25)
    session = session_at(9, days=10)
    for number in range(4):
        SlotFactory(session=session, number=number)
    AppointmentFactory(slot=session.slots.first(), channel="portal")
    SlotFactory(session=session, number=4, closed="blocked")
    for item in search("portal", include_full=True).found:
        if item.free:
            kept = holds.hold(slot=item.slot, origin=(origin := channel("portal")), at=now)
            holds.release(hold=kept, origin=origin, at=now)
        else:
            with pytest.raises(type(item.why)):
                holds.hold(slot=item.slot, origin=channel("portal"), at=now)


def test_a_channel_sees_no_more_places_than_its_share(now):
    ChannelRule.objects.create(channel="portal", name_en="A quarter", max_percent=25, melts_hours=24)
    slot = SlotFactory(session=session_at(9, days=10), capacity=8)
    assert [item.free for item in search("portal").found] == [2]
    assert [item.free for item in search("phone").found] == [8]
    melted = slot.starts_at - dt.timedelta(hours=24)
    assert [item.free for item in search("portal", at=melted).found] == [8]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"channel": "portal", "opens_days": 3}, "channel_not_open"),
        ({"channel": "portal", "closes_hours": 300}, "channel_closed"),
        ({"channel": "portal", "max_percent": 0}, "channel_share_used"),
        ({"channel": "desk", "reserved_percent": 100}, "channel_reserved"),
    ],
)
def test_a_rule_of_channels_is_named_in_the_search_as_in_the_booking(rule, code):
    ChannelRule.objects.create(name_en="Rule", **rule)
    slot = SlotFactory(session=session_at(9, days=10))
    assert refusals(by="portal") == {slot: code}
    assert search("portal").found == []
    with pytest.raises(errors.Refusal) as refusal:
        appointments.book(patient=PatientFactory(), slot=slot, origin=channel("portal"))
    assert refusal.value.code == code


def test_a_rule_of_another_service_is_not_asked():
    ChannelRule.objects.create(channel="portal", name_en="Rule", max_percent=0, service=ServiceFactory())
    slot = SlotFactory(session=session_at(9, days=10))
    assert [item.slot for item in search("portal").found] == [slot]


def pages(limit, **given):
    """All pages, one after the other."""
    found, cursor = [], ""
    while True:
        page = search(limit=limit, after=cursor, **given)
        found += page.found
        if not page.cursor:
            return [item.slot.pk for item in found]
        cursor = page.cursor


@settings(max_examples=15)
@given(limit=st.integers(1, 8))
def test_pages_are_complete_and_without_repeats(limit):
    Slot.objects.all().delete()
    sessions = [SessionFactory() for _ in range(3)]
    made = [SlotFactory(session=session, number=n).pk for n in range(3) for session in sessions]
    assert pages(limit) == made


def test_a_page_whose_places_are_all_kept_is_empty_and_goes_on(now):
    """A rule empties the first page; the cursor still leads to what follows."""
    kept, free = SessionFactory(), SlotFactory(session=session_at(15, days=5))
    ChannelRule.objects.create(channel="portal", name_en="None", max_percent=0, melts_hours=1, service=kept.service)
    for number in range(3):
        SlotFactory(session=kept, number=number)
    first = search("portal", limit=2)
    assert (first.found, bool(first.cursor)) == ([], True)
    assert pages(2, by="portal") == [free.pk]
    assert free_places.first_available(wish(), origin=channel("portal")).slot == free


def test_a_place_taken_between_two_pages_moves_nothing_else():
    session = SessionFactory()
    made = [SlotFactory(session=session, number=n) for n in range(4)]
    first = search(limit=2)
    AppointmentFactory(slot=made[0])
    assert [item.slot for item in search(limit=2, after=first.cursor).found] == made[2:]


@pytest.mark.parametrize("cursor", ["x", "é", "====", "bmFuOjE", "MWUzMDA6MQ", "OTk5OTk5OTk5OTk5OTk6MQ", "MTphYg"])
def test_a_cursor_that_this_search_did_not_make_is_refused(cursor):
    with pytest.raises(free_places.BadCursor):
        search(after=cursor)


@pytest.mark.parametrize("cursor", ["MTotOTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk", "MTo5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_a_cursor_with_an_absurd_number_does_no_harm(cursor):
    slot = SlotFactory()
    assert slots(after=cursor) == [slot]


@pytest.mark.parametrize("rules", [0, 3])
def test_the_statements_do_not_grow_with_the_slots(rules, django_assert_max_num_queries, django_assert_num_queries):
    for number in range(rules):
        ChannelRule.objects.create(channel="portal", name_en=f"Rule {number}", max_percent=90, reserved_percent=number)
    origin, counts = channel("portal"), []
    for count in (10, 200):
        for _ in range(count // 10):
            session = session_at(9, days=10)
            for number in range(10):
                SlotFactory(session=session, number=number)
        with django_assert_max_num_queries(12) as statements:
            assert len(free_places.search(wish(limit=200), origin=origin).found) >= count
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_rules_and_ended_holds_are_asked_for_only_where_there_are_any(now, minutes, django_assert_num_queries):
    origin = channel("portal")
    holds.hold(slot=SlotFactory(), origin=origin, at=now)
    for at, statements in ((now, 2), (now + minutes(5), 3)):
        with django_assert_num_queries(statements):
            free_places.search(wish(), origin=origin, at=at)
    ChannelRule.objects.create(channel="portal", name_en="Rule", max_percent=50, service=ServiceFactory())
    with django_assert_num_queries(4):
        free_places.search(wish(), origin=origin, at=now + minutes(5))


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite plans at each run")
def test_a_search_is_planned_once():
    SlotFactory()
    for _ in range(4):
        search()
    with connection.cursor() as cursor:
        cursor.execute("SELECT custom_plans FROM pg_prepared_statements WHERE statement LIKE '%scheduling_session%'")
        assert set(cursor.fetchall()) == {(0,)}


def test_the_first_available_place_is_the_soonest_or_none():
    assert free_places.first_available(wish(), origin=desk()) is None
    AppointmentFactory()
    later, soon = SlotFactory(number=3), SlotFactory(number=1)
    assert free_places.first_available(wish(), origin=desk()).slot == soon
    AppointmentFactory(slot=soon)
    assert free_places.first_available(wish(), origin=desk()).slot == later


MONDAY = dt.date(2026, 3, 2)


def delay(at, **given):
    given = {"first_day": MONDAY, "last_day": MONDAY + dt.timedelta(days=60)} | given
    return free_places.third_next_available(Wish(**given), origin=desk(), at=at)


@pytest.fixture
def fixture_t1():
    """metrics.md, T1: asked on Monday; 2 March 16:00 (held), 3, 5, 9 and 12 March are open."""
    at = clock.at_wall(MONDAY, dt.time(8))
    service = ServiceFactory()
    for day, hour in ((2, 16), (3, 9), (5, 9), (9, 9), (12, 9)):
        on = dt.date(2026, 3, day)
        slot = SlotFactory(
            session=SessionFactory(service=service, day=on, starts_at=clock.at_wall(on, dt.time(hour)),
                                   released_at=at - dt.timedelta(days=1))
        )  # fmt: skip
        if day == 2:
            holds.hold(slot=slot, origin=channel(), minutes=600, at=at)
    return at


def test_third_next_available_counts_days_to_the_third_open_slot(fixture_t1):
    found = delay(fixture_t1)
    assert (clock.local(found.slot.starts_at).date(), found.days, found.business_days) == (dt.date(2026, 3, 9), 7, 5)


def test_third_next_available_counts_an_ended_hold_as_open(fixture_t1):
    Slot.objects.filter(starts_at=clock.at_wall(MONDAY, dt.time(16))).get().appointments.update(held_until=fixture_t1)
    assert delay(fixture_t1).days == 3


def test_third_next_available_today_is_no_delay(fixture_t1):
    session = SessionFactory(day=MONDAY, starts_at=clock.at_wall(MONDAY, dt.time(18)), released_at=fixture_t1)
    for number in range(3):
        SlotFactory(session=session, number=number)
    found = delay(fixture_t1, service=session.service.uuid)
    assert (found.days, found.business_days) == (0, 0)


def test_with_fewer_than_three_there_is_no_number(fixture_t1):
    assert delay(fixture_t1, last_day=dt.date(2026, 3, 8)) == free_places.Delay()
    assert delay(fixture_t1, service=ServiceFactory().uuid).days is None


def test_the_reasons_for_finding_nothing_come_the_most_frequent_first(now):
    session = SessionFactory()
    for number in range(3):
        AppointmentFactory(slot=SlotFactory(session=session, number=number))
    SlotFactory(closed="blocked")
    why = free_places.why_nothing(wish(), origin=desk())
    assert [refusal.code for refusal in why] == ["slot_full", "slot_blocked"]


def test_a_roster_without_such_slots_has_no_reasons():
    SlotFactory()
    assert free_places.why_nothing(wish(service=ServiceFactory().uuid), origin=desk()) == []


def test_the_reason_says_from_when_a_place_is_open(now):
    opens = now + dt.timedelta(hours=3)
    SlotFactory(session__released_at=opens)
    [why] = free_places.why_nothing(wish(), origin=desk())
    assert rules.shown(opens) in str(why)
