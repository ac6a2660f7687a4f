import pytest

from patients.errors import MergeConflict
from patients.services import merging
from patients.tests.factories import PatientFactory, UserFactory
from scheduling.models import Appointment
from scheduling.tests.factories import AppointmentFactory, SlotFactory, WaitlistEntryFactory, restricted


def merge(kept, merged):
    return merging.merge(kept=kept, merged=merged, by=UserFactory(), reason="one person")


def test_bookings_move_to_the_kept_record():
    kept, merged = PatientFactory(), PatientFactory()
    booking = AppointmentFactory(patient=merged)
    merge(kept, merged)
    assert Appointment.objects.get(pk=booking.pk).patient == kept


def test_two_records_with_bookings_at_one_time_are_not_merged():
    kept, merged = PatientFactory(), PatientFactory()
    mine, theirs = (AppointmentFactory(patient=p, slot=SlotFactory()) for p in (kept, merged))
    with pytest.raises(MergeConflict, match=str(theirs)):
        merge(kept, merged)
    assert Appointment.objects.get(pk=theirs.pk).patient == merged
    assert mine.patient == kept


def test_two_records_that_wait_for_one_service_are_not_merged():
    first = WaitlistEntryFactory()
    second = WaitlistEntryFactory(service=first.service)
    with pytest.raises(MergeConflict):
        merge(first.patient, second.patient)


def test_a_record_that_is_restricted_is_kept_and_not_merged_away():
    held, other = restricted(), PatientFactory()
    with pytest.raises(MergeConflict, match="lift it first, or keep that record"):
        merge(other, held.patient)
    merge(held.patient, other)
    held.patient.refresh_from_db()
    assert held.patient.is_barred()
