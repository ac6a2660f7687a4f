"""Finding a booking by reference and birth date, without anybody being known."""

import datetime as dt

import pytest

from accounts.models import AccessLog
from accounts.services.actors import portal_user
from common import clock
from patients.tests.factories import PatientFactory
from scheduling.services import appointments
from scheduling.tests.factories import AppointmentFactory, desk
from visits.errors import NotRecognised
from visits.services import by_reference

pytestmark = pytest.mark.django_db
BORN = dt.date(1952, 3, 7)


@pytest.fixture
def booking():
    return AppointmentFactory(patient=PatientFactory(birth_date=BORN))


def find(text, born=BORN, **more):
    return by_reference.find(text, born, by=portal_user(), ip="10.0.0.1", **more)


def test_it_is_found_and_who_looked_is_written_down(booking):
    assert find(str(booking).lower()) == booking
    row = AccessLog.objects.get()
    assert (row.action, row.subject_uuid, row.ip) == ("open", booking.patient.uuid, "10.0.0.1")


def test_a_wrong_birth_date_a_cancelled_and_a_past_one_are_not_recognised(booking):
    with pytest.raises(NotRecognised):
        find(booking.reference, dt.date(1952, 3, 8))
    with pytest.raises(NotRecognised):
        find(booking.reference, at=booking.ends_at + dt.timedelta(seconds=1))
    appointments.cancel(appointment=booking, origin=desk(sees_all_sites=True), at=clock.now() - dt.timedelta(days=1))
    with pytest.raises(NotRecognised):
        find(booking.reference)
    assert set(AccessLog.objects.values_list("action", "subject_uuid")) == {("failed_check", None)}


@pytest.mark.parametrize("text", ["", "x" * 100_000, "\x00", "%", "K7M2 9QXD"])
def test_rubbish_is_not_recognised(booking, text):
    with pytest.raises(NotRecognised):
        find(text)
