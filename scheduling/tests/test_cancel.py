import datetime as dt

import pytest

from directory.tests.factories import ServiceFactory, SiteFactory
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import AppointmentEvent
from scheduling.services import appointments, holds, pool
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, channel, desk


def test_cancelling_frees_the_place_and_records_why(now):
    booking, origin = AppointmentFactory(), desk()
    ended = appointments.cancel(appointment=booking, origin=origin, reason="feels better", at=now)
    booking.slot.refresh_from_db()
    assert (ended.status, ended.cancelled_at, ended.cancel_cause) == ("cancelled", now, "patient")
    assert booking.slot.taken == 0
    event = AppointmentEvent.objects.get()
    assert (event.kind, event.reason, event.by) == ("cancelled", "feels better", origin.by)
    assert booking.history.first().history_change_reason == "feels better"
    assert pool.check() == []


def test_a_cancelled_place_can_be_booked_again():
    booking = AppointmentFactory()
    appointments.cancel(appointment=booking, origin=desk())
    assert appointments.book(patient=PatientFactory(), slot=booking.slot, origin=channel()).place == 1


def test_patients_cancel_until_the_sites_deadline(minutes):
    service = ServiceFactory(department__site=SiteFactory(cancel_hours=2))
    booking = AppointmentFactory(slot=SlotFactory(session=SessionFactory(service=service)))
    deadline = booking.starts_at - dt.timedelta(hours=2)
    with pytest.raises(errors.TooLate):
        appointments.cancel(appointment=booking, origin=channel(), at=deadline + minutes(1))
    assert appointments.cancel(appointment=booking, origin=channel(), at=deadline).status == "cancelled"


def test_after_the_deadline_it_takes_the_right_and_a_person(minutes):
    booking = AppointmentFactory()
    late = booking.starts_at - minutes(1)
    for origin in (desk(role=None), channel(), desk(role=None, kind="device")):
        with pytest.raises(errors.TooLate):
            appointments.cancel(appointment=booking, origin=origin, at=late)
    assert appointments.cancel(appointment=booking, origin=desk("front_desk"), at=late).status == "cancelled"


def test_a_device_never_has_the_late_right_whatever_its_account_may(minutes):
    booking = AppointmentFactory()
    robot = desk(role=None, kind="device", is_superuser=True)
    with pytest.raises(errors.TooLate):
        appointments.cancel(appointment=booking, origin=robot, at=booking.starts_at - minutes(1))


def test_the_clinic_itself_knows_no_deadline(minutes):
    booking = AppointmentFactory()
    ended = appointments.cancel(
        appointment=booking, origin=desk(role=None), cause="clinic", at=booking.starts_at - minutes(1)
    )
    assert ended.cancel_cause == "clinic"


@pytest.mark.parametrize("status", ["arrived", "fulfilled", "noshow"])
def test_what_has_begun_is_not_cancelled(status):
    booking = AppointmentFactory(status=status)
    with pytest.raises(errors.WrongStatus):
        appointments.cancel(appointment=booking, origin=desk())


def test_nothing_is_cancelled_twice():
    booking = AppointmentFactory()
    appointments.cancel(appointment=booking, origin=desk())
    with pytest.raises(errors.WrongStatus):
        appointments.cancel(appointment=booking, origin=desk())
    booking.slot.refresh_from_db()
    assert booking.slot.taken == 0


def test_a_hold_is_released_not_cancelled(now):
    kept = holds.hold(slot=SlotFactory(), origin=desk(), at=now)
    with pytest.raises(errors.WrongStatus):
        appointments.cancel(appointment=kept, origin=desk())


def test_a_booking_outside_the_persons_scope_does_not_exist_for_them():
    with pytest.raises(errors.AppointmentNotFound):
        appointments.cancel(appointment=AppointmentFactory(), origin=desk(sees_all_sites=False))
