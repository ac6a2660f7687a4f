"""What a patient had before, for “as last time”."""

import datetime as dt
from functools import lru_cache

from django.db.models import BigIntegerField, DateField, DateTimeField, Exists, OuterRef, Q, QuerySet

from common import clock
from common.compiled import Compiled, Given
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
    at = at or clock.now()
    return list(_recent(limit).rows(patient=patient.pk, at=at, today=clock.today(at)))


@lru_cache(maxsize=8)
def _recent(limit: int) -> Compiled:
    return Compiled(lambda: _visits()[:limit])


def _visits() -> QuerySet[Appointment]:
    visits = Appointment.objects.filter(patient=Given("patient", BigIntegerField()), status__in=VISITS)
    later = visits.filter(
        Q(starts_at__gt=OuterRef("starts_at")) | Q(starts_at=OuterRef("starts_at"), pk__gt=OuterRef("pk")),
        slot__service=OuterRef("slot__service"),
        slot__session__practitioner=OuterRef("slot__session__practitioner"),
    )
    offered = wanted.with_sessions(Given("at", DateTimeField()), Given("today", DateField())).order_by().values("pk")
    rows = visits.filter(~Exists(later.order_by()), slot__service__in=offered)
    return rows.for_desk().order_by("-starts_at", "-pk")
