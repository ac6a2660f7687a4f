"""The first lock of every change to a person."""

from patients.errors import RecordMerged
from patients.models import Patient


def lock(patient: Patient) -> Patient:
    """The patient as stored now, locked until the transaction ends (SQLite has one writer anyway).

    Raises RecordMerged. The lock leaves foreign keys alone: bookings of this person go on.
    """
    fresh = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if fresh.merged_into is not None:
        raise RecordMerged(record_number=fresh.merged_into.record_number, alternatives=[fresh.merged_into])
    return fresh
