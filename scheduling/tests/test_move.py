import datetime as dt

import pytest

from directory.tests.factories import ServiceFactory, SiteFactory
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import Appointment, AppointmentEvent
from scheduling.services import appointments, holds, pool
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, channel, desk


def taken(*slots):
    for slot in slots:
        slot.refresh_from_db()
    return [slot.taken for slot in slots]


def test_a_move_takes_the_new_place_and_frees_the_old_one(now):
    old, new = SlotFactory(), SlotFactory()
    booking = AppointmentFactory(slot=old, confirmed_at=now)
    moved = appointments.move(appointment=booking, slot=new, origin=desk(), reason="bus")
    assert taken(old, new) == [0, 1]
    assert (moved.reference, moved.starts_at, moved.version) == (booking.reference, new.starts_at, 2)
    assert moved.confirmed_at is None
    event = AppointmentEvent.objects.get(kind="moved")
    assert (event.from_slot, event.slot, event.reason) == (old, new, "bus")
    assert pool.check() == []


def test_whoever_moves_to_a_full_slot_keeps_the_old_place_and_is_offered_others(now):
    session = SessionFactory()
    old, full, free = (SlotFactory(session=session, number=n) for n in range(3))
    booking = AppointmentFactory(slot=old)
    AppointmentFactory(slot=full)
    with pytest.raises(errors.SlotFull) as refusal:
        appointments.move(appointment=booking, slot=full, origin=desk())
    booking.refresh_from_db()
    assert (booking.slot, taken(old, full)) == (old, [1, 1])
    assert refusal.value.alternatives == [free]
    assert pool.check() == []


def test_a_move_to_the_same_time_is_refused():
    booking = AppointmentFactory()
    with pytest.raises(errors.SameSlot):
        appointments.move(appointment=booking, slot=booking.slot, origin=desk())


def test_a_move_by_some_minutes_is_not_in_its_own_way():
    session = SessionFactory()
    booking = AppointmentFactory(slot=SlotFactory(session=session))
    overlapping = SlotFactory(starts_at=booking.starts_at + dt.timedelta(minutes=5))
    assert appointments.move(appointment=booking, slot=overlapping, origin=desk()).slot == overlapping


def test_the_limits_do_not_count_the_booking_that_moves():
    service = ServiceFactory(department__site=SiteFactory(max_open=1, max_per_day=1, max_per_department=1))
    session = SessionFactory(service=service)
    booking = AppointmentFactory(slot=SlotFactory(session=session))
    new = SlotFactory(session=session, number=1)
    assert appointments.move(appointment=booking, slot=new, origin=desk()).slot == new


def test_a_move_into_another_booking_of_the_patient_is_refused():
    patient = PatientFactory()
    busy, booking = AppointmentFactory(patient=patient), AppointmentFactory(patient=patient, slot=SlotFactory(number=2))
    beside = SlotFactory(starts_at=busy.starts_at)
    with pytest.raises(errors.PatientBusy):
        appointments.move(appointment=booking, slot=beside, origin=desk())


def test_patients_move_until_the_sites_deadline(minutes):
    booking, new = AppointmentFactory(), SlotFactory(number=3)
    deadline = booking.starts_at - dt.timedelta(hours=4)
    with pytest.raises(errors.TooLate):
        appointments.move(appointment=booking, slot=new, origin=channel(), at=deadline + minutes(1))
    assert appointments.move(appointment=booking, slot=new, origin=channel(), at=deadline)


def test_a_person_with_the_right_moves_after_the_deadline(minutes):
    booking, new = AppointmentFactory(), SlotFactory(number=3)
    late = booking.starts_at - minutes(5)
    with pytest.raises(errors.TooLate):
        appointments.move(appointment=booking, slot=new, origin=desk(role=None), at=late)
    assert appointments.move(appointment=booking, slot=new, origin=desk(), at=late)


@pytest.mark.parametrize("status", ["arrived", "fulfilled", "noshow"])
def test_what_has_begun_is_not_moved(status):
    booking = AppointmentFactory(status=status)
    with pytest.raises(errors.WrongStatus):
        appointments.move(appointment=booking, slot=SlotFactory(), origin=desk())


def test_a_cancelled_booking_and_a_hold_are_not_moved(now):
    booking = AppointmentFactory()
    appointments.cancel(appointment=booking, origin=desk())
    kept = holds.hold(slot=SlotFactory(), patient=PatientFactory(), origin=desk(), at=now)
    for appointment in (booking, kept):
        with pytest.raises(errors.WrongStatus):
            appointments.move(appointment=appointment, slot=SlotFactory(), origin=desk())


def test_an_overbooked_booking_that_moves_leaves_a_session_within_its_places():
    old = SlotFactory(session=SessionFactory(overbook_limit=1))
    AppointmentFactory(slot=old)
    chief = desk(is_superuser=True)
    extra = appointments.book(patient=PatientFactory(), slot=old, origin=chief, overbook=True, reason="fever")
    moved = appointments.move(appointment=extra, slot=SlotFactory(), origin=chief)
    old.refresh_from_db()
    assert (moved.is_overbooked, old.taken, old.overbooking) == (False, 1, 0)
    assert pool.check() == []


def test_a_booking_moves_to_a_place_whose_hold_has_ended(now, minutes):
    new, booking = SlotFactory(), AppointmentFactory()
    holds.hold(slot=new, origin=channel(), at=now)
    assert appointments.move(appointment=booking, slot=new, origin=desk(), at=now + minutes(6)).slot == new
    assert pool.check() == []


def test_the_first_wish_survives_a_move(now):
    booking = AppointmentFactory(requested_at=now - dt.timedelta(days=9))
    moved = appointments.move(appointment=booking, slot=SlotFactory(), origin=desk())
    assert moved.requested_at == now - dt.timedelta(days=9)


def test_a_move_that_is_refused_writes_nothing():
    booking, blocked = AppointmentFactory(), SlotFactory(closed="blocked")
    with pytest.raises(errors.SlotBlocked):
        appointments.move(appointment=booking, slot=blocked, origin=desk())
    assert not AppointmentEvent.objects.exists()
    assert Appointment.objects.get().version == 1
