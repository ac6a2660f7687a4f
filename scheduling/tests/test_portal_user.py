"""The one user behind the patient portal: bound by each patient's limits, with no right of its own."""

import pytest
from django.db import IntegrityError
from django.utils import translation

from accounts.models import User
from accounts.services.actors import portal_user
from patients.tests.factories import PatientFactory
from scheduling import errors
from scheduling.models import Appointment
from scheduling.services import appointments, holds, pool, together
from scheduling.services.origin import Origin
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, channel, desk


@pytest.fixture
def portal():
    return Origin(portal_user(), "portal")


def slots(count):
    session = SessionFactory()
    return [SlotFactory(session=session, number=number, capacity=9) for number in range(count)]


def test_it_is_one_user_that_cannot_sign_in_and_is_asked_for_with_one_read(django_assert_num_queries):
    first = portal_user()
    with django_assert_num_queries(1):
        assert portal_user() == first
    assert (first.is_active, first.has_usable_password(), first.is_staff) == (False, False, False)
    assert first.sees_everything


def test_it_is_called_in_the_readers_language():
    with translation.override("zh-hans"):
        assert str(portal_user()) == "网上门户"
    with translation.override("en"):
        assert str(portal_user()) == "Patient portal"


def test_a_member_of_staff_of_that_name_lends_patients_no_rights():
    User.objects.create(username="portal", kind="staff", is_superuser=True)
    with pytest.raises(IntegrityError):
        portal_user()


def test_it_has_no_right_whatever_a_role_gives(portal):
    User.objects.filter(pk=portal.by.pk).update(is_superuser=True)
    assert not portal_user().has_perm("scheduling.change_appointment")


def test_a_patient_keeps_two_places_at_most_and_others_do_not_count(now, minutes, portal):
    first, second, third = slots(3)
    patient = PatientFactory()
    for slot in (first, second):
        holds.hold(slot=slot, patient=patient, origin=portal, at=now)
    with pytest.raises(errors.TooManyHolds):
        holds.hold(slot=third, patient=patient, origin=portal, at=now)
    assert holds.hold(slot=third, patient=PatientFactory(), origin=portal, at=now)
    assert holds.hold(slot=third, patient=patient, origin=portal, at=now + minutes(5))
    assert pool.check() == []


def test_the_limit_is_a_setting_and_the_channels_limit_does_not_bind_it(now, settings, portal):
    settings.MAX_CHANNEL_HOLDS, settings.MAX_PATIENT_HOLDS = 0, 1
    first, second = slots(2)
    patient = PatientFactory()
    holds.hold(slot=first, patient=patient, origin=portal, at=now)
    with pytest.raises(errors.TooManyHolds):
        holds.hold(slot=second, patient=patient, origin=portal, at=now)


def test_it_holds_nothing_for_nobody(now, portal):
    [slot] = slots(1)
    with pytest.raises(errors.HoldTaken):
        holds.hold(slot=slot, origin=portal, at=now)
    assert not Appointment.objects.exists()


def test_a_family_is_counted_person_by_person(now, settings, portal):
    settings.MAX_PATIENT_HOLDS = 1
    first, second = slots(2)
    pair = [(PatientFactory(), first), (PatientFactory(), second)]
    assert len(together.hold_together(bookings=pair, origin=portal, at=now)) == 2
    with pytest.raises(errors.TooManyHolds):
        together.hold_together(bookings=[(pair[0][0], second)], origin=portal, at=now)


def test_what_it_holds_it_exchanges_renews_books_moves_and_cancels(now, minutes, portal):
    first, second, third = slots(3)
    kept = holds.hold(slot=first, patient=PatientFactory(), origin=portal, at=now)
    kept = holds.exchange(hold=kept, slot=second, origin=portal, at=now)
    holds.renew(hold=kept, origin=portal, at=now + minutes(4))
    booking = holds.book_held(hold=kept, origin=portal, at=now + minutes(8))
    appointments.move(appointment=booking, slot=third, origin=portal, at=now)
    assert appointments.cancel(appointment=booking, origin=portal, at=now).status == "cancelled"
    assert pool.check() == []


def test_an_exchange_counts_no_place_twice(now, settings, portal):
    settings.MAX_PATIENT_HOLDS = 1
    first, second = slots(2)
    kept = holds.hold(slot=first, patient=PatientFactory(), origin=portal, at=now)
    assert holds.exchange(hold=kept, slot=second, origin=portal, at=now)


def test_what_the_desk_or_a_channel_holds_is_out_of_its_reach(now, portal):
    [slot] = slots(1)
    for origin in (desk(), channel()):
        kept = holds.hold(slot=slot, patient=PatientFactory(), origin=origin, at=now)
        with pytest.raises(errors.HoldTaken):
            holds.release(hold=kept, origin=portal, at=now)


def test_it_sees_every_booking_but_changes_none_after_the_deadline(now, portal):
    booking = AppointmentFactory()
    assert Appointment.objects.visible_to(portal.by).get() == booking
    with pytest.raises(errors.TooLate):
        appointments.cancel(appointment=booking, origin=portal, at=booking.starts_at)
