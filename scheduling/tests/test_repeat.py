"""The same request again: after a lost answer, after other changes, with other content."""

import pytest

from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import Appointment, AppointmentEvent
from scheduling.services import appointments, holds, pool, together
from scheduling.services.origin import Origin
from scheduling.tests.factories import AppointmentFactory, SlotFactory, channel


def other_content(origin):
    return Origin(origin.by, origin.channel, origin.key, "another digest")


def test_a_repeated_hold_keeps_one_place():
    slot, origin = SlotFactory(capacity=5), channel(key="k")
    assert holds.hold(slot=slot, origin=origin) == holds.hold(slot=slot, origin=origin)
    assert Appointment.objects.count() == 1
    assert pool.check() == []


def test_a_repeated_hold_of_the_last_place_gets_its_first_answer():
    slot, origin = SlotFactory(), channel(key="k")
    assert holds.hold(slot=slot, origin=origin) == holds.hold(slot=slot, origin=origin)


def test_a_repeated_booking_of_a_hold_gets_its_first_answer(now):
    origin = channel(key="k")
    kept = holds.hold(slot=SlotFactory(), patient=PatientFactory(), origin=Origin(origin.by, "portal"), at=now)
    first = holds.book_held(hold=kept, origin=origin, at=now)
    assert holds.book_held(hold=kept, origin=origin, at=now) == first
    assert AppointmentEvent.objects.filter(kind="booked").count() == 1


def test_a_repeated_move_moves_once():
    booking, slot, origin = AppointmentFactory(), SlotFactory(), channel(key="k")
    appointments.move(appointment=booking, slot=slot, origin=origin)
    again = appointments.move(appointment=booking, slot=slot, origin=origin)
    assert (again.slot, again.version) == (slot, 2)
    assert pool.check() == []


def test_a_late_repeat_of_a_move_does_not_undo_what_came_after():
    booking, first, second, origin = AppointmentFactory(), SlotFactory(), SlotFactory(), channel(key="k")
    appointments.move(appointment=booking, slot=first, origin=origin)
    appointments.move(appointment=booking, slot=second, origin=channel())
    assert appointments.move(appointment=booking, slot=first, origin=origin).slot == second
    assert pool.check() == []


def test_a_repeated_cancellation_cancels_once():
    booking, origin = AppointmentFactory(), channel(key="k")
    appointments.cancel(appointment=booking, origin=origin)
    assert appointments.cancel(appointment=booking, origin=origin).status == "cancelled"
    assert AppointmentEvent.objects.count() == 1
    assert pool.check() == []


def test_a_late_repeat_of_a_cancellation_does_not_cancel_what_was_restored():
    booking, origin = AppointmentFactory(), channel(key="k")
    appointments.cancel(appointment=booking, origin=origin)
    appointments.undo(appointment=booking, origin=channel())
    assert appointments.cancel(appointment=booking, origin=origin).status == "booked"
    assert pool.check() == []


def test_a_repeated_family_booking_gets_the_same_answer_in_the_same_order():
    late, early = SlotFactory(number=1), SlotFactory(number=0)
    pairs, origin = [(PatientFactory(), late), (PatientFactory(), early)], channel(key="k")
    first = together.book_together(bookings=pairs, origin=origin)
    again = together.book_together(bookings=pairs, origin=origin)
    assert [a.pk for a in again] == [a.pk for a in first]
    assert Appointment.objects.count() == 2


def test_a_key_is_good_for_one_content_only():
    origin = channel(key="k")
    booking = appointments.book(patient=PatientFactory(), slot=SlotFactory(), origin=origin)
    with pytest.raises(errors.KeyReused):
        appointments.move(appointment=booking, slot=SlotFactory(), origin=other_content(origin))
    with pytest.raises(errors.KeyReused):
        appointments.cancel(appointment=booking, origin=other_content(origin))
    with pytest.raises(errors.KeyReused):
        holds.hold(slot=SlotFactory(), origin=other_content(origin))
    with pytest.raises(errors.KeyReused):
        together.book_together(bookings=[(PatientFactory(), SlotFactory())], origin=other_content(origin))
    assert Appointment.objects.get().status == "booked"


def test_a_family_key_is_good_for_one_content_only():
    origin = channel(key="k")
    together.book_together(bookings=[(PatientFactory(), SlotFactory())], origin=origin)
    with pytest.raises(errors.KeyReused):
        together.book_together(bookings=[(PatientFactory(), SlotFactory())], origin=other_content(origin))
    assert Appointment.objects.count() == 1
