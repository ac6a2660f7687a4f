"""Tags on people."""

import datetime

from django.db import transaction

from accounts.models import User
from common import clock
from common.history import acting
from patients.errors import TagKnown
from patients.models import Patient, PatientTag, Tag
from patients.services.locking import lock


@transaction.atomic
def put(*, patient: Patient, tag: Tag, by: User, until: datetime.date | None = None, reason: str = "") -> PatientTag:
    """Hang a tag on the patient, to `until` (its last day). An expired one makes way. Raises TagKnown, RecordMerged."""
    with acting(by, reason):
        fresh = lock(patient)
        standing = fresh.patient_tags.filter(tag=tag, ended_at=None).first()
        if standing is not None and standing.is_current():
            raise TagKnown(field="tag")
        if standing is not None:
            _end(standing)
        return PatientTag.objects.create(patient=fresh, tag=tag, until=until, by=by)


@transaction.atomic
def take_off(*, patient_tag: PatientTag, by: User, reason: str = "") -> PatientTag:
    """The tag does not count any more; that it did stays on record. Taking it off twice changes nothing."""
    with acting(by, reason):
        fresh = PatientTag.objects.select_for_update().get(pk=patient_tag.pk)
        return fresh if fresh.ended_at else _end(fresh)


def _end(patient_tag: PatientTag) -> PatientTag:
    patient_tag.ended_at = clock.now()
    patient_tag.save(update_fields=["ended_at"])
    return patient_tag
