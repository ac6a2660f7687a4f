"""What a patient had before, for “as last time”."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from common import clock
from patients.models import Patient
from scheduling.models import Appointment, AppointmentStatus

from . import wanted

VISITS = (
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.FULFILLED,
    AppointmentStatus.NOSHOW,
)


def recent(patient: Patient, *, limit: int = 3, at: dt.datetime | None = None) -> list[Appointment]:
    """The last visit, past or to come, with each practitioner for each service that is still offered; newest first."""
    visits = Appointment.objects.filter(patient=patient, status__in=VISITS)
    later = visits.filter(
        Q(starts_at__gt=OuterRef("starts_at")) | Q(starts_at=OuterRef("starts_at"), pk__gt=OuterRef("pk")),
        slot__service=OuterRef("slot__service"),
        slot__session__practitioner=OuterRef("slot__session__practitioner"),
    )
    offered = wanted.with_sessions(at or clock.now()).order_by().values("pk")
    rows = visits.filter(~Exists(later.order_by()), slot__service__in=offered)
    return list(rows.for_desk().order_by("-starts_at", "-pk")[:limit])
