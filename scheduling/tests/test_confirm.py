import pytest

from scheduling import errors
from scheduling.models import AppointmentEvent
from scheduling.services import appointments
from scheduling.tests.factories import AppointmentFactory, SlotFactory, channel, desk


def test_a_patient_confirms_and_the_fact_is_kept(now):
    booking = appointments.confirm(appointment=AppointmentFactory(), origin=channel("sms"), at=now)
    assert booking.confirmed_at == now
    event = AppointmentEvent.objects.get()
    assert (event.kind, event.channel) == ("confirmed", "sms")


def test_saying_it_twice_changes_nothing(now, minutes):
    booking = AppointmentFactory()
    appointments.confirm(appointment=booking, origin=channel(), at=now)
    again = appointments.confirm(appointment=booking, origin=channel(), at=now + minutes(5))
    assert again.confirmed_at == now
    assert AppointmentEvent.objects.count() == 1


@pytest.mark.parametrize("status", ["arrived", "fulfilled", "noshow"])
def test_only_a_booking_to_come_is_confirmed(status):
    with pytest.raises(errors.WrongStatus):
        appointments.confirm(appointment=AppointmentFactory(status=status), origin=channel())


def test_a_cancelled_booking_is_not_confirmed():
    booking = appointments.cancel(appointment=AppointmentFactory(), origin=desk())
    with pytest.raises(errors.WrongStatus, match="Cancelled"):
        appointments.confirm(appointment=booking, origin=channel())


def test_a_moved_booking_is_to_be_confirmed_again(now):
    booking = appointments.confirm(appointment=AppointmentFactory(), origin=channel(), at=now)
    moved = appointments.move(appointment=booking, slot=SlotFactory(), origin=desk(), at=now)
    assert moved.confirmed_at is None
    assert appointments.confirm(appointment=booking, origin=channel(), at=now).confirmed_at == now
