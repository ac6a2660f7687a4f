import datetime as dt

import pytest

from common import clock
from directory.tests.factories import DepartmentFactory, ServiceFactory
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.admin.rules import describe
from scheduling.models import ChannelRule
from scheduling.services import appointments, holds, pool, rules
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, channel, desk


@pytest.fixture
def session():
    """Ten days ahead, so that no share has melted; four slots of a place each."""
    session = SessionFactory(day=clock.today() + dt.timedelta(days=10))
    session.four = [SlotFactory(session=session, number=n) for n in range(4)]
    return session


def rule(channel, **given):
    return ChannelRule.objects.create(channel=channel, name_en="Half for the counter", **given)


def book(slot, by="portal", **given):
    return appointments.book(
        patient=PatientFactory(), slot=slot, origin=desk() if by == "desk" else channel(by), **given
    )


def test_a_kept_place_is_refused_with_the_rule_and_the_moment_it_melts(session):
    rule("desk", reserved_percent=50, melts_hours=48)
    book(session.four[0])
    book(session.four[1])
    with pytest.raises(errors.ChannelReserved) as refusal:
        book(session.four[2])
    melts_at = session.starts_at - dt.timedelta(hours=48)
    assert refusal.value.params == {"rule": "Half for the counter", "opens": rules.shown(melts_at)}
    assert book(session.four[2], "desk")
    assert book(session.four[3], "portal", at=melts_at)
    assert pool.check() == []


def test_what_its_own_channel_has_taken_of_a_share_is_no_longer_kept(session):
    rule("desk", reserved_percent=50)
    book(session.four[0], "desk")
    book(session.four[1], "desk")
    assert book(session.four[2])
    assert book(session.four[3])


def test_a_channel_takes_no_more_than_its_cap_until_it_melts(session):
    rule("portal", max_percent=25, melts_hours=24)
    book(session.four[0])
    with pytest.raises(errors.ChannelShareUsed, match="Half for the counter"):
        book(session.four[1])
    assert book(session.four[1], "phone")
    assert book(session.four[2], at=session.starts_at - dt.timedelta(hours=24))


def test_a_hold_counts_in_its_channels_share_and_asks_for_it(session, now, minutes):
    rule("portal", max_percent=25)
    holds.hold(slot=session.four[0], origin=channel("portal"), at=now)
    with pytest.raises(errors.ChannelShareUsed):
        holds.hold(slot=session.four[1], origin=channel("portal"), at=now)
    assert holds.hold(slot=session.four[1], origin=channel("portal"), at=now + minutes(6))


def test_a_cancelled_booking_gives_its_share_back(session):
    rule("portal", max_percent=25)
    booking = book(session.four[0])
    appointments.cancel(appointment=booking, origin=desk())
    assert book(session.four[1])


def test_a_channel_opens_so_many_days_before(session):
    rule("portal", opens_days=3)
    with pytest.raises(errors.ChannelNotOpen, match="Half for the counter"):
        book(session.four[0])
    assert book(session.four[0], "phone")
    assert book(session.four[1], at=session.starts_at - dt.timedelta(days=3))


def test_a_kiosk_sells_only_the_places_of_the_day(session):
    rule("kiosk", opens_days=0)
    midnight = clock.at_wall(session.day, dt.time.min)
    with pytest.raises(errors.ChannelNotOpen) as refusal:
        book(session.four[0], "kiosk", at=midnight - dt.timedelta(seconds=1))
    assert refusal.value.params["opens"] == rules.shown(midnight)
    assert book(session.four[0], "kiosk", at=midnight)
    assert book(session.four[1], "phone", at=midnight - dt.timedelta(seconds=1))


def test_days_before_are_days_of_the_calendar(session):
    rule("portal", opens_days=3)
    assert book(session.four[0], at=clock.at_wall(session.day - dt.timedelta(days=3), dt.time.min))


def test_a_rule_for_the_day_itself_says_so(session):
    assert "on the day" in describe(rule("kiosk", opens_days=0))
    assert "3 days before" in describe(rule("kiosk", opens_days=3))


def test_a_channel_closes_so_many_hours_before_each_slot(session):
    rule("portal", closes_hours=2)
    last = session.four[3]
    late = last.starts_at - dt.timedelta(hours=2)
    with pytest.raises(errors.ChannelClosed, match="until"):
        book(last, at=late)
    assert book(last, at=late - dt.timedelta(minutes=1))


def test_a_rule_speaks_only_of_what_it_names(session):
    rule("portal", max_percent=0, service=ServiceFactory())
    rule("portal", max_percent=0, department=DepartmentFactory())
    rule("portal", max_percent=0, grade="expert")
    rule("portal", max_percent=0, is_active=False)
    assert book(session.four[0])


@pytest.mark.parametrize("scope", ["service", "department", "site", "grade"])
def test_a_rule_speaks_of_its_service_department_site_or_grade(session, scope):
    service = session.service
    named = {
        "service": service, "department": service.department, "site": service.department.site, "grade": service.grade
    }  # fmt: skip
    rule("portal", max_percent=0, **{scope: named[scope]})
    with pytest.raises(errors.ChannelShareUsed):
        book(session.four[0])


def test_a_full_session_is_full_whatever_the_rules_say(session):
    rule("desk", reserved_percent=50)
    for slot in session.four:
        AppointmentFactory(slot=slot)
    with pytest.raises(errors.SlotFull):
        book(session.four[0])


def test_a_blocked_place_is_not_what_a_share_keeps(session):
    """Two of four are kept; one is blocked and one sold, so only the two kept ones are left."""
    rule("desk", reserved_percent=50)
    type(session.four[3]).objects.filter(pk=session.four[3].pk).update(closed="blocked")
    book(session.four[0])
    with pytest.raises(errors.ChannelReserved):
        book(session.four[1])


def test_an_ended_hold_on_an_overbooked_slot_is_no_free_place(session, now, minutes):
    """One place, one hold that ends, one overbooked visit: when the hold is over nothing is free there."""
    rule("desk", reserved_percent=50)
    type(session).objects.filter(pk=session.pk).update(overbook_limit=1)
    holds.hold(slot=session.four[0], origin=channel("phone"), at=now)
    chief = desk(is_superuser=True)
    appointments.book(
        patient=PatientFactory(), slot=session.four[0], origin=chief, overbook=True, reason="fever", at=now
    )
    book(session.four[1], at=now)
    book(session.four[2], at=now + minutes(6))
    with pytest.raises(errors.ChannelReserved):
        book(session.four[3], at=now + minutes(6))


def test_moving_within_a_session_needs_no_second_share(session):
    rule("portal", max_percent=25)
    booking = book(session.four[0])
    assert appointments.move(appointment=booking, slot=session.four[1], origin=channel("portal"))


def test_moving_from_another_session_takes_a_share_of_the_new_one(session):
    rule("portal", max_percent=25)
    book(session.four[0])
    with pytest.raises(errors.ChannelShareUsed):
        appointments.move(appointment=AppointmentFactory(), slot=session.four[1], origin=channel("portal"))
