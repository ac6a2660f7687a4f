"""A practitioner who signs in sees their own sessions, slots and bookings without any scope, and nobody else's."""

import pytest

from accounts.tests.factories import UserFactory
from directory.models import Practitioner, Scope
from directory.tests.factories import PractitionerFactory
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import Appointment, Session, Slot
from scheduling.services import appointments
from scheduling.services.origin import Origin
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory


@pytest.fixture
def clinician():
    return UserFactory(role="clinician", sees_all_sites=False)


@pytest.fixture
def mine(clinician):
    return AppointmentFactory(slot__session__practitioner__user=clinician)


@pytest.fixture
def other(mine):
    """A colleague's booking for the same service."""
    return AppointmentFactory(slot=SlotFactory(session=SessionFactory(service=mine.slot.service)))


def test_own_rows_are_seen_and_a_colleagues_are_not(clinician, mine, other):
    assert list(Session.objects.visible_to(clinician)) == [mine.slot.session]
    assert list(Slot.objects.visible_to(clinician)) == [mine.slot]
    assert list(Appointment.objects.visible_to(clinician)) == [mine]
    assert list(Practitioner.objects.visible_to(clinician)) == [mine.slot.session.practitioner]


def test_who_is_no_practitioner_and_has_no_scope_sees_nothing(mine):
    stranger = UserFactory(role="clinician", sees_all_sites=False)
    for model in (Session, Slot, Appointment, Practitioner):
        assert not model.objects.visible_to(stranger).exists()


def test_own_rows_come_beside_those_of_the_scope_and_once(clinician, mine, other):
    Scope.objects.create(user=clinician, site=mine.slot.service.department.site)
    assert set(Appointment.objects.visible_to(clinician)) == {mine, other}
    assert Appointment.objects.visible_to(clinician).count() == 2


def test_a_clinician_books_in_their_own_session_and_a_colleagues_does_not_exist_for_them(clinician, mine, other):
    origin, patient = Origin(clinician, "desk"), PatientFactory()
    free = SlotFactory(session=mine.slot.session, number=1)
    assert appointments.book(patient=patient, slot=free, origin=origin)
    with pytest.raises(errors.SlotNotFound):
        appointments.book(patient=patient, slot=SlotFactory(session=other.slot.session, number=2), origin=origin)
    with pytest.raises(errors.AppointmentNotFound):
        appointments.cancel(appointment=other, origin=origin)


def test_a_practitioner_who_has_left_no_user_behind_is_nobodys_own(mine):
    PractitionerFactory(user=None)
    assert not Practitioner.objects.visible_to(UserFactory(sees_all_sites=False)).exists()
