import datetime as dt

import pytest

from common.errors import NotAllowed
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import AppointmentEvent
from scheduling.services import appointments, holds, pool
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, channel, desk


def cancelled(at, **booking):
    return appointments.cancel(appointment=AppointmentFactory(**booking), origin=desk(), at=at)


def missed(**booking):
    booking = AppointmentFactory(**booking)
    return appointments.mark_noshow(appointment=booking, origin=desk(), at=booking.starts_at)


def test_a_cancellation_is_taken_back_within_ten_minutes(now, minutes):
    booking = cancelled(now)
    back = appointments.undo(appointment=booking, origin=desk(), reason="wrong row", at=now + minutes(10))
    assert (back.status, back.cancelled_at, back.cancel_cause) == ("booked", None, "")
    assert list(AppointmentEvent.objects.values_list("kind", flat=True)) == ["cancelled", "restored"]
    assert pool.check() == []


def test_after_ten_minutes_a_cancellation_stays(now, minutes):
    booking = cancelled(now)
    with pytest.raises(errors.TooLateToUndo):
        appointments.undo(appointment=booking, origin=desk(), at=now + minutes(11))


def test_a_place_that_somebody_has_by_now_is_not_taken_from_them(now):
    session = SessionFactory()
    free = SlotFactory(session=session, number=2)
    booking = cancelled(now, slot=SlotFactory(session=session))
    AppointmentFactory(slot=booking.slot)
    with pytest.raises(errors.SlotFull) as refusal:
        appointments.undo(appointment=booking.uuid, origin=desk(), at=now)
    assert refusal.value.alternatives == [free]
    assert pool.check() == []


def test_a_patient_who_is_elsewhere_by_now_is_not_put_in_two_places(now):
    booking = cancelled(now)
    AppointmentFactory(patient=booking.patient)
    with pytest.raises(errors.PatientBusy):
        appointments.undo(appointment=booking, origin=desk(), at=now)
    assert pool.check() == []


def test_a_no_show_is_taken_back(minutes):
    booking = missed()
    back = appointments.undo(appointment=booking, origin=desk(), at=booking.starts_at + minutes(3))
    assert back.status == "booked"
    assert pool.check() == []


def test_taking_back_a_no_show_needs_the_right_to_record_one(minutes):
    booking = missed()
    with pytest.raises(NotAllowed):
        appointments.undo(appointment=booking, origin=channel(), at=booking.starts_at + minutes(3))


def test_a_no_show_who_sits_with_somebody_else_by_now_is_not_put_in_two_places(minutes):
    booking = missed()
    AppointmentFactory(patient=booking.patient, slot=SlotFactory(starts_at=booking.starts_at + minutes(5)))
    with pytest.raises(errors.PatientBusy):
        appointments.undo(appointment=booking, origin=desk(), at=booking.starts_at + minutes(6))
    assert pool.check() == []


def test_an_overbooked_visit_that_comes_back_to_a_normal_place_is_no_longer_overbooked(now):
    slot = SlotFactory(session=SessionFactory(overbook_limit=1))
    first, chief = AppointmentFactory(slot=slot), desk(is_superuser=True)
    extra = appointments.book(patient=PatientFactory(), slot=slot, origin=chief, overbook=True, reason="fever")
    appointments.cancel(appointment=extra, origin=chief, at=now)
    appointments.cancel(appointment=first, origin=chief, at=now)
    back = appointments.undo(appointment=extra, origin=chief, at=now)
    assert (back.place, back.is_overbooked) == (1, False)
    assert pool.check() == []


def test_there_is_nothing_to_undo_in_a_booking_or_after_an_undo(now):
    booking = AppointmentFactory()
    with pytest.raises(errors.NothingToUndo):
        appointments.undo(appointment=booking, origin=desk(), at=now)
    appointments.cancel(appointment=booking, origin=desk(), at=now)
    appointments.undo(appointment=booking, origin=desk(), at=now)
    with pytest.raises(errors.NothingToUndo):
        appointments.undo(appointment=booking, origin=desk(), at=now)


def test_a_hold_that_was_given_up_is_not_undone(now):
    origin = desk()
    kept = holds.release(hold=holds.hold(slot=SlotFactory(), origin=origin, at=now), origin=origin, at=now)
    with pytest.raises(errors.NothingToUndo):
        appointments.undo(appointment=kept, origin=origin, at=now)


def test_a_visit_of_a_session_that_was_stopped_does_not_come_back(now):
    booking = cancelled(now)
    type(booking.slot).objects.filter(pk=booking.slot_id).update(closed="stopped")
    with pytest.raises(errors.SessionStopped):
        appointments.undo(appointment=booking, origin=desk(), at=now)


def test_a_place_is_numbered_anew_when_it_comes_back(now):
    slot = SlotFactory(capacity=3)
    booking = cancelled(now, slot=slot)
    AppointmentFactory(slot=slot)
    assert appointments.undo(appointment=booking, origin=desk(), at=now + dt.timedelta(minutes=1)).place == 2
