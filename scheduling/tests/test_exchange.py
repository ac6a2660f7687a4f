"""Another place instead of the one that is held: both never, none never."""

import pytest

from directory.tests.factories import DepartmentFactory, ServiceFactory
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import Appointment, AppointmentEvent, ChannelRule
from scheduling.services import holds, pool
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, channel


def held(origin, at, patient=None, **slot):
    return holds.hold(slot=SlotFactory(**slot), patient=patient, origin=origin, at=at)


def test_the_new_place_is_held_and_the_old_one_free(now, minutes):
    origin, patient, other = channel(), PatientFactory(), SlotFactory(number=1)
    old = held(origin, now, patient)
    new = holds.exchange(hold=old, slot=other, origin=origin, at=now + minutes(3))
    old.refresh_from_db()
    assert (new.slot, new.patient, new.status, new.held_until) == (other, patient, "held", now + minutes(8))
    assert (old.status, old.slot.taken) == ("cancelled", 0)
    assert list(AppointmentEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["held", "released", "held"]
    assert pool.check() == []


def test_a_full_slot_leaves_the_old_hold_as_it_was_and_names_others(now):
    origin = channel()
    old = held(origin, now, PatientFactory())
    session = SessionFactory()
    full, free = AppointmentFactory(slot=SlotFactory(session=session)).slot, SlotFactory(session=session, number=1)
    with pytest.raises(errors.SlotFull) as refusal:
        holds.exchange(hold=old, slot=full, origin=origin, at=now)
    kept = Appointment.objects.get(pk=old.pk)
    assert refusal.value.alternatives == [free]
    assert (kept.status, kept.held_until, kept.slot.taken) == ("held", old.held_until, 1)
    assert pool.check() == []


def test_a_rule_that_says_no_leaves_the_old_hold_as_it_was(now):
    origin = channel()
    old = held(origin, now, PatientFactory(sex="male"))
    with pytest.raises(errors.SexNotServed):
        holds.exchange(hold=old, slot=SlotFactory(session__service=ServiceFactory(sex="female")), origin=origin, at=now)
    old.refresh_from_db()
    assert (old.status, old.slot.taken) == ("held", 1)


def test_the_limits_do_not_count_the_old_place(now):
    origin, patient = channel(), PatientFactory()
    department = DepartmentFactory(site__max_open=1, site__max_per_day=1, site__max_per_department=1)
    session = SessionFactory(service__department=department)
    old = held(origin, now, patient, session=session)
    assert holds.exchange(hold=old, slot=SlotFactory(session=session, number=1), origin=origin, at=now)
    assert Appointment.objects.filter(status="held").count() == 1


def test_a_place_at_the_same_time_may_be_taken_instead(now):
    origin = channel()
    old = held(origin, now, PatientFactory())
    assert holds.exchange(hold=old, slot=SlotFactory(), origin=origin, at=now)
    assert pool.check() == []


def test_the_share_of_the_channel_does_not_count_the_old_place(now):
    ChannelRule.objects.create(channel="portal", name_en="One", max_percent=50, melts_hours=1)
    origin, session = channel(), SessionFactory()
    other = SlotFactory(session=session, number=1)
    old = held(origin, now, PatientFactory(), session=session)
    assert holds.exchange(hold=old, slot=other, origin=origin, at=now)


def test_whoever_was_restricted_meanwhile_gets_no_other_place(now, minutes):
    origin, patient = channel(), PatientFactory()
    old = held(origin, now, patient)
    type(patient).objects.filter(pk=patient.pk).update(barred_until=now + minutes(60))
    with pytest.raises(errors.PatientBarred):
        holds.exchange(hold=old, slot=SlotFactory(number=1), origin=origin, at=now)


def test_a_place_held_for_nobody_is_exchanged_too(now):
    origin, other = channel(), SlotFactory()
    old = held(origin, now)
    assert holds.exchange(hold=old, slot=other.uuid, origin=origin, at=now).patient is None
    assert pool.check() == []


def test_the_same_place_an_ended_hold_and_a_strangers_are_not_exchanged(now, minutes):
    origin, other = channel(), SlotFactory()
    old = held(origin, now)
    with pytest.raises(errors.SameSlot):
        holds.exchange(hold=old, slot=old.slot, origin=origin, at=now)
    with pytest.raises(errors.HoldTaken):
        holds.exchange(hold=old, slot=other, origin=channel(), at=now)
    with pytest.raises(errors.HoldLapsed):
        holds.exchange(hold=old, slot=other, origin=origin, at=now + minutes(5))


def test_the_same_request_twice_makes_one_exchange(now):
    origin, other = channel(key="k"), SlotFactory(number=1)
    old = held(origin.keyless, now, PatientFactory())
    first = holds.exchange(hold=old, slot=other, origin=origin, at=now)
    assert holds.exchange(hold=old, slot=other, origin=origin, at=now) == first
    assert Appointment.objects.filter(status="held").count() == 1
