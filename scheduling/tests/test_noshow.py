import pytest

from common.errors import NotAllowed
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import AppointmentEvent
from scheduling.services import appointments, pool
from scheduling.tests.factories import AppointmentFactory, channel, desk


def test_a_patient_who_did_not_come_has_used_up_the_place():
    booking = AppointmentFactory()
    missed = appointments.mark_noshow(
        appointment=booking, origin=desk(), reason="not in the hall", at=booking.starts_at
    )
    assert missed.status == "noshow"
    assert (AppointmentEvent.objects.get().kind, missed.slot.taken) == ("noshow", 1)
    with pytest.raises(errors.SlotFull):
        appointments.book(patient=PatientFactory(), slot=booking.slot, origin=desk(), at=booking.starts_at)
    assert pool.check() == []


def test_nobody_is_missed_before_the_visit_begins(minutes):
    booking = AppointmentFactory()
    with pytest.raises(errors.TooEarly):
        appointments.mark_noshow(appointment=booking, origin=desk(), at=booking.starts_at - minutes(1))


@pytest.mark.parametrize("status", ["arrived", "fulfilled", "noshow"])
def test_whoever_came_is_not_missed(status):
    booking = AppointmentFactory(status=status)
    with pytest.raises(errors.WrongStatus):
        appointments.mark_noshow(appointment=booking, origin=desk(), at=booking.ends_at)


def test_it_takes_the_right():
    booking = AppointmentFactory()
    for origin in (channel(), desk(role=None), desk("auditor")):
        with pytest.raises(NotAllowed):
            appointments.mark_noshow(appointment=booking, origin=origin, at=booking.ends_at)


def test_a_missed_visit_leaves_the_patient_free_for_another_at_that_time(minutes):
    booking = AppointmentFactory()
    appointments.mark_noshow(appointment=booking, origin=desk(), at=booking.starts_at)
    other = AppointmentFactory(patient=booking.patient)
    assert other.starts_at == booking.starts_at
    assert pool.check() == []
