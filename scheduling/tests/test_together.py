import datetime as dt

import pytest

from common import clock
from directory.tests.factories import ServiceFactory, SiteFactory
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import Appointment, ChannelRule
from scheduling.services import pool, together
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, channel, desk


def weekly(count=4, **given):
    """The same practitioner and hour on the same weekday of several weeks."""
    first = SessionFactory(**given)
    days = [first.day + dt.timedelta(days=7 * n) for n in range(1, count)]
    rest = [
        SessionFactory(day=day, practitioner=first.practitioner, service=first.service, released_at=first.released_at)
        for day in days
    ]
    return [SlotFactory(session=session) for session in [first, *rest]]


def plan(slot, count=3, every_days=7, **given):
    return together.plan_series(
        patient=PatientFactory(), slot=slot, every_days=every_days, count=count, origin=desk(), **given
    )


def test_a_family_is_booked_side_by_side_in_the_order_it_was_named():
    session = SessionFactory()
    slots = [SlotFactory(session=session, number=n) for n in (2, 0, 1)]
    people = [PatientFactory() for _ in slots]
    made = together.book_together(bookings=list(zip(people, slots, strict=True)), origin=desk(), reason="check-up")
    assert [(a.patient, a.slot, a.reason) for a in made] == [
        (p, s, "check-up") for p, s in zip(people, slots, strict=True)
    ]
    assert len({a.group for a in made}) == 1
    assert made[0].group
    assert pool.check() == []


def test_a_family_is_booked_whole_or_not_at_all():
    session = SessionFactory()
    free, full, other = (SlotFactory(session=session, number=n) for n in range(3))
    AppointmentFactory(slot=full)
    with pytest.raises(errors.SlotFull) as refusal:
        together.book_together(bookings=[(PatientFactory(), free), (PatientFactory(), full)], origin=desk())
    assert Appointment.objects.count() == 1
    assert set(refusal.value.alternatives) == {free, other}
    assert pool.check() == []


def test_a_rule_that_refuses_one_member_refuses_all(now):
    barred = PatientFactory(barred_until=now + dt.timedelta(days=1))
    session = SessionFactory()
    slots = [SlotFactory(session=session, number=n) for n in range(2)]
    with pytest.raises(errors.PatientBarred):
        together.book_together(bookings=[(PatientFactory(), slots[0]), (barred, slots[1])], origin=channel())
    assert not Appointment.objects.exists()


def test_a_family_shares_one_slot_while_it_has_places():
    slot = SlotFactory(capacity=2)
    made = together.book_together(bookings=[(PatientFactory(), slot) for _ in range(2)], origin=desk())
    assert sorted(a.place for a in made) == [1, 2]
    with pytest.raises(errors.SlotFull):
        together.book_together(
            bookings=[(PatientFactory(), SlotFactory(number=2)), (PatientFactory(), slot)], origin=desk()
        )


def test_one_person_cannot_be_two_members():
    slot, patient = SlotFactory(capacity=2), PatientFactory()
    with pytest.raises(errors.PatientBusy):
        together.book_together(bookings=[(patient, slot), (patient.uuid, slot.uuid)], origin=desk())
    assert not Appointment.objects.exists()


def test_a_family_needs_a_share_for_each_member():
    session = SessionFactory(day=clock.today() + dt.timedelta(days=10))
    slots = [SlotFactory(session=session, number=n) for n in range(4)]
    ChannelRule.objects.create(channel="portal", name_en="A quarter", max_percent=25)
    with pytest.raises(errors.ChannelShareUsed):
        together.book_together(bookings=[(PatientFactory(), slot) for slot in slots[:2]], origin=channel("portal"))
    assert not Appointment.objects.exists()


def test_an_unknown_member_is_refused():
    ghost = PatientFactory.build()
    with pytest.raises(errors.PatientNotFound):
        together.book_together(bookings=[(ghost.uuid, SlotFactory())], origin=desk())


def test_a_series_finds_the_same_hour_of_the_following_weeks():
    slots = weekly()
    for slot in slots:
        SlotFactory(session=slot.session, number=2)
    assert plan(slots[0]).slots == slots[:3]


def test_a_series_shifts_by_up_to_two_days_when_a_day_has_no_place():
    slots = weekly(2)
    AppointmentFactory(slot=slots[1])
    session = slots[1].session
    later = SessionFactory(
        day=session.day + dt.timedelta(days=2), practitioner=session.practitioner, service=session.service
    )
    shifted = SlotFactory(session=later)
    assert plan(slots[0], count=2).slots == [slots[0], shifted]


def test_a_series_lists_the_days_without_a_place():
    slots = weekly(2)
    found = plan(slots[0], count=3)
    assert found.slots == slots
    assert [(day, why.code) for day, why in found.missing] == [(slots[0].session.day + dt.timedelta(14), "slot_full")]


def test_a_series_never_uses_a_slot_twice():
    first = SlotFactory()
    session = first.session
    later = SlotFactory(
        session=SessionFactory(
            day=session.day + dt.timedelta(days=2), practitioner=session.practitioner, service=session.service
        )
    )
    found = plan(first, count=3, every_days=1)
    assert (found.slots, len(found.missing)) == ([first, later], 1)


def test_planning_a_series_writes_nothing_and_booking_it_books_all():
    slots = weekly(3)
    found = plan(slots[0])
    assert not Appointment.objects.exists()
    made = together.book_series(plan=found, origin=desk(), reason="dressing")
    assert [a.slot for a in made] == slots
    assert pool.check() == []


def test_the_limit_of_open_bookings_holds_for_a_series_and_books_none_of_it():
    slots = weekly(3, service=ServiceFactory(department__site=SiteFactory(max_open=2)))
    with pytest.raises(errors.TooManyOpen):
        together.book_series(plan=plan(slots[0]), origin=desk())
    assert not Appointment.objects.exists()


def test_a_series_of_which_a_slot_was_taken_meanwhile_is_not_booked():
    slots = weekly(3)
    found = plan(slots[0])
    AppointmentFactory(slot=slots[2])
    with pytest.raises(errors.SlotFull):
        together.book_series(plan=found, origin=desk())
    assert Appointment.objects.count() == 1


def held_pair(**given):
    """Two people with a held place each, side by side."""
    session = SessionFactory(**given)
    pairs = [(PatientFactory(), SlotFactory(session=session, number=n)) for n in range(2)]
    origin = desk()
    return together.hold_together(bookings=pairs, origin=origin), origin


def test_two_places_are_held_together_as_long_as_one():
    kept, origin = held_pair()
    assert [(one.status, one.by, one.held_until > clock.now()) for one in kept] == [("held", origin.by, True)] * 2
    assert len({one.group for one in kept}) == 1
    assert pool.check() == []


def test_two_places_are_held_both_or_none():
    session = SessionFactory()
    free, full = (SlotFactory(session=session, number=n) for n in range(2))
    AppointmentFactory(slot=full)
    with pytest.raises(errors.SlotFull):
        together.hold_together(bookings=[(PatientFactory(), free), (PatientFactory(), full)], origin=desk())
    assert Appointment.objects.count() == 1
    assert pool.check() == []


def test_two_in_one_time_get_two_places_of_it():
    slot = SlotFactory(capacity=2)
    kept = together.hold_together(bookings=[(PatientFactory(), slot), (PatientFactory(), slot)], origin=desk())
    assert {one.place for one in kept} == {1, 2}


def test_two_holds_count_against_the_most_that_one_may_hold(settings):
    settings.MAX_HOLDS = 1
    session = SessionFactory()
    pairs = [(PatientFactory(), SlotFactory(session=session, number=n)) for n in range(2)]
    with pytest.raises(errors.TooManyHolds):
        together.hold_together(bookings=pairs, origin=desk())


def test_two_holds_become_bookings_with_a_fact_each():
    kept, origin = held_pair()
    made = together.book_held_together(kept=kept, origin=origin, reason="check-up")
    assert [(one.status, one.reason, one.events.latest("pk").kind) for one in made] == [
        ("booked", "check-up", "booked")
    ] * 2


def test_one_hold_that_has_ended_keeps_both_from_being_booked():
    kept, origin = held_pair()
    Appointment.objects.filter(pk=kept[1].pk).update(held_until=clock.now() - dt.timedelta(seconds=1))
    with pytest.raises(errors.HoldLapsed):
        together.book_held_together(kept=kept, origin=origin)
    assert set(Appointment.objects.values_list("status", flat=True)) == {"held"}


def test_two_holds_booked_twice_with_the_same_key_are_booked_once():
    kept, origin = held_pair()
    again = type(origin)(origin.by, origin.channel, "two", "same")
    first = together.book_held_together(kept=kept, origin=again)
    second = together.book_held_together(kept=kept, origin=again)
    assert [one.pk for one in first] == [one.pk for one in second]
    assert Appointment.objects.filter(status="booked").count() == 2
