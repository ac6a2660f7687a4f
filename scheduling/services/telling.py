"""Who lost a booking because the clinic stopped, and has neither another place nor been told."""

import datetime as dt
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from common import clock
from scheduling.errors import WrongStatus
from scheduling.models import (
    CLAIMING,
    Appointment,
    AppointmentEvent,
    AppointmentStatus,
    EventKind,
    SessionStatus,
    WaitlistEntry,
)
from scheduling.models.appointment import CancelCause
from scheduling.models.waitlist import EntryStatus

from . import substitutes
from .claiming import record
from .once import once
from .origin import Origin
from .reading import lock_appointment

_LOST = {"status": AppointmentStatus.CANCELLED, "cancel_cause": CancelCause.CLINIC}


def still_to_tell(rows: QuerySet[Appointment], at: dt.datetime) -> QuerySet[Appointment]:
    """Those of `rows` whose time has not come yet, the soonest first.

    Cancelled by a stoppage, until the patient has another booking in the department, waits for one there, or was told;
    or still booked in a session that takes nobody new.
    """
    lost = Q(**_LOST, substitute=None) & ~Exists(_rebooked()) & ~Exists(_waiting()) & ~Exists(_told())
    kept = Q(status=AppointmentStatus.BOOKED) & ~Q(slot__session__status=SessionStatus.OPEN)
    return rows.filter(lost | kept, patient__isnull=False, starts_at__gte=at).order_by("starts_at", "pk")


def _rebooked() -> QuerySet[Appointment]:
    again = Appointment.objects.filter(
        patient=OuterRef("patient"),
        slot__service__department=OuterRef("slot__service__department"),
        status__in=CLAIMING,
        created_at__gte=OuterRef("cancelled_at"),
    )
    return again.exclude(_only_kept()).order_by()


def _only_kept() -> Q:
    """A place that is kept for them, and that nobody has asked them about yet."""
    return Q(status=AppointmentStatus.HELD, substitute__isnull=False)


def _waiting() -> QuerySet[WaitlistEntry]:
    return WaitlistEntry.objects.filter(
        patient=OuterRef("patient"),
        service__department=OuterRef("slot__service__department"),
        status__in=(EntryStatus.WAITING, EntryStatus.OFFERED),
        created_at__gte=OuterRef("cancelled_at"),
    ).order_by()


def _told() -> QuerySet[AppointmentEvent]:
    return AppointmentEvent.objects.filter(
        appointment=OuterRef("pk"), kind=EventKind.TOLD, at__gte=OuterRef("cancelled_at")
    ).order_by()


def tell(
    *, appointment: Appointment | UUID, origin: Origin, reason: str = "", at: dt.datetime | None = None
) -> Appointment:
    """The patient knows, and wants no other place now: what was kept for them is free again.

    Saying it twice is saying it once. Raises WrongStatus.
    """
    at = at or clock.now()

    def work() -> Appointment:
        booking = lock_appointment(appointment, origin.by)
        if (booking.status, booking.cancel_cause) != (_LOST["status"], _LOST["cancel_cause"]):
            raise WrongStatus(status=booking.get_status_display())
        if not booking.events.filter(kind=EventKind.TOLD, at__gte=booking.cancelled_at).exists():
            record(booking, EventKind.TOLD, origin, at, reason)
        substitutes.let_go(booking.substitutes.standing(at), origin, at)
        return booking

    return once(origin, work, reason)
