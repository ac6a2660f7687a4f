"""Which booked visits a ladder speaks of: those of its services, or of all that have no ladder of their own."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from reminders.models import Ladder
from scheduling.models import Appointment, AppointmentStatus


def booked(ladder: Ladder) -> QuerySet[Appointment]:
    """Those of the ladder, in whatever state it is."""
    return booked_at([service.pk for service in ladder.services.all()], ladder.lineage)


def booked_at(services: Collection[int], lineage: UUID | None = None) -> QuerySet[Appointment]:
    """Those of a ladder for these services; without any, of one for all others. lineage: of its other versions."""
    rows = Appointment.objects.filter(status=AppointmentStatus.BOOKED, patient__isnull=False)
    if services:
        return rows.filter(slot__service__in=services)
    others = Ladder.objects.live().exclude(lineage=lineage).exclude(services=None)
    taken = list(others.values_list("services", flat=True))
    return rows.exclude(slot__service__in=taken) if taken else rows
