"""`check_pool` must be able to fail: each kind of drift is planted behind the services' backs and found."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from scheduling.models import Appointment, Session, Slot
from scheduling.services import holds, pool
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, channel


def found():
    return [(drift.what, drift.stored, drift.counted) for drift in pool.check()]


def without(constraint):
    """The database itself refuses this drift; take its rule away, as a lost index would."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may be pending on the table
        cursor.execute(constraint)


def test_a_pool_that_adds_up_has_no_drift(now):
    AppointmentFactory(slot=SlotFactory(capacity=3))
    holds.hold(slot=SlotFactory(), origin=channel(), at=now)
    assert pool.check() == []


def test_a_place_that_nobody_holds_is_found():
    Slot.objects.filter(pk=SlotFactory(capacity=2).pk).update(taken=1)
    assert found() == [("taken", 1, 0)]


def test_a_claim_that_is_not_counted_is_found():
    booking = AppointmentFactory()
    Slot.objects.filter(pk=booking.slot_id).update(taken=0)
    assert found() == [("taken", 0, 1)]


def test_a_claim_that_ended_without_giving_back_is_found():
    Appointment.objects.filter(pk=AppointmentFactory().pk).update(status="cancelled")
    assert found() == [("taken", 1, 0)]


def test_overbooking_that_is_not_there_is_found():
    slot = SlotFactory(session=SessionFactory(overbook_limit=9))
    Slot.objects.filter(pk=slot.pk).update(overbooking=2)
    assert found() == [("overbooking", 2, 0)]


def test_overbooking_that_is_larger_than_needed_is_found():
    slot = SlotFactory(session=SessionFactory(overbook_limit=9))
    AppointmentFactory(slot=slot)
    Slot.objects.filter(pk=slot.pk).update(overbooking=3, taken=2)
    assert ("overbooking", 3, 1) in found()


def test_a_session_beyond_its_limit_is_found():
    booking = AppointmentFactory(slot=SlotFactory(session=SessionFactory(overbook_limit=1)))
    Slot.objects.filter(pk=booking.slot_id).update(overbooking=1, taken=F("taken") + 1)
    Session.objects.update(overbook_limit=0)
    assert ("session limit", 0, 1) in found()


def test_two_claims_with_one_place_number_are_found():
    slot = SlotFactory(capacity=2)
    AppointmentFactory(slot=slot)
    second = AppointmentFactory(slot=slot)
    without("DROP INDEX one_live_claim_per_place")
    Appointment.objects.filter(pk=second.pk).update(place=1)
    assert found() == [("place", 1, 2)]


def test_a_patient_in_two_places_is_found():
    first, second = AppointmentFactory(), AppointmentFactory()
    if connection.vendor == "postgresql":
        without("ALTER TABLE scheduling_appointment DROP CONSTRAINT patient_in_one_place_at_a_time")
    Appointment.objects.filter(pk=second.pk).update(patient=first.patient)
    assert found() == [("two at once", 1, 2)]


def test_a_long_visit_that_swallows_two_short_ones_is_found_twice():
    """The neighbour before is not always the one that overlaps."""
    session = SessionFactory()
    patient = AppointmentFactory(slot=SlotFactory(session=session, ends_at=session.ends_at)).patient
    if connection.vendor == "postgresql":
        without("ALTER TABLE scheduling_appointment DROP CONSTRAINT patient_in_one_place_at_a_time")
    for number in (1, 2):
        AppointmentFactory(slot=SlotFactory(session=session, number=number), patient=patient)
    assert found() == [("two at once", 1, 2)] * 2


@pytest.mark.parametrize("moved", ["starts_at", "ends_at"])
def test_a_booking_at_another_time_than_its_slot_is_found(moved):
    booking = AppointmentFactory()
    Appointment.objects.filter(pk=booking.pk).update(**{moved: getattr(booking, moved) + dt.timedelta(minutes=1)})
    assert found() == [("times", 0, 1)]


def test_a_booking_in_another_slot_than_it_was_counted_in_is_found_in_both():
    booking, other = AppointmentFactory(), SlotFactory()
    Appointment.objects.filter(pk=booking.pk).update(slot=other)
    assert sorted(found()) == [("taken", 0, 1), ("taken", 1, 0)]


def test_a_live_claim_on_a_retired_time_is_found():
    booking = AppointmentFactory()
    Slot.objects.filter(pk=booking.slot_id).update(closed="retired")
    assert found() == [("retired", 0, 1)]


def test_the_command_prints_zero_or_fails(capsys):
    call_command("check_pool")
    assert capsys.readouterr().out == "0 drifts\n"
    slot = SlotFactory(capacity=2)
    Slot.objects.filter(pk=slot.pk).update(taken=1)
    with pytest.raises(CommandError):
        call_command("check_pool")
    printed = capsys.readouterr()
    assert printed.out == "1 drifts\n"
    assert printed.err == f"taken: slot {slot.uuid} says 1, counted 0\n"
