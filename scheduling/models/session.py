from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import shown
from common.history import HistoricalRecords
from common.models import PublicId
from directory.models.scope import ScopedQuerySet
from scheduling.models.appointment import Appointment, AppointmentStatus


class SessionStatus(models.TextChoices):
    OPEN = "open", _("Open")
    STOPPED = "stopped", _("No new bookings")
    CANCELLED = "cancelled", pgettext_lazy("session", "Cancelled")


SESSION_TONE = {SessionStatus.OPEN: "success", SessionStatus.STOPPED: "warning", SessionStatus.CANCELLED: "danger"}


def needs_settling() -> Q:
    """True of a session that was stopped or cancelled while somebody is still booked in it."""
    booked = Appointment.objects.filter(slot__session=OuterRef("pk"), status=AppointmentStatus.BOOKED)
    return ~Q(status=SessionStatus.OPEN) & Q(Exists(booked.order_by()))


class SessionQuerySet(ScopedQuerySet):
    department_path = "service__department"
    practitioner_path = "practitioner"

    def for_list(self) -> models.QuerySet:
        """With what a row on screen names."""
        return self.select_related("practitioner", "service__department__site", "location")

    def to_settle(self) -> models.QuerySet:
        """Stopped or cancelled, with somebody still booked who has to be told or moved."""
        return self.filter(needs_settling())

    def on(self, day) -> models.QuerySet:
        """Sessions of one calendar day of the hospital."""
        return self.filter(day=day)


class Session(PublicId):
    """A half-day of one practitioner in one room for one service: what is released, stopped, moved and reported on."""

    schedule = models.ForeignKey(
        "scheduling.Schedule",
        models.PROTECT,
        related_name="sessions",
        verbose_name=_("from schedule"),
        null=True,
        blank=True,
        help_text=_("Empty: an extra session."),
    )
    practitioner = models.ForeignKey(
        "directory.Practitioner", models.PROTECT, related_name="sessions", verbose_name=_("practitioner")
    )
    service = models.ForeignKey(
        "directory.HealthcareService", models.PROTECT, related_name="sessions", verbose_name=_("service")
    )
    location = models.ForeignKey(
        "directory.Location", models.PROTECT, related_name="sessions", verbose_name=_("room"), null=True, blank=True
    )
    day = models.DateField(_("day"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    released_at = models.DateTimeField(_("places open at"))
    overbook_limit = models.PositiveSmallIntegerField(_("extra places"), default=0)
    status = models.CharField(_("status"), max_length=10, choices=SessionStatus, default=SessionStatus.OPEN)

    objects = SessionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "day"], condition=Q(schedule__isnull=False), name="one_session_per_schedule_and_day"
            ),
            models.UniqueConstraint(
                fields=["practitioner", "service", "starts_at"],
                condition=~Q(status="cancelled"),
                name="one_live_session_per_practitioner_and_start",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"),
            models.CheckConstraint(condition=Q(status__in=SessionStatus.values), name="session_status_known"),
        ]
        indexes = [
            models.Index(fields=["day", "service"], name="session_by_day"),
            models.Index(fields=["practitioner", "starts_at"], name="session_by_practitioner"),
        ]
        permissions = [("stop_session", _("Can stop sessions and cancel their bookings"))]

    def __str__(self) -> str:
        return f"{self.practitioner} · {shown.moment(self.starts_at)}"

    @property
    def is_extra(self) -> bool:
        """True for a session that was added by hand (加号)."""
        return self.schedule_id is None

    def is_released(self, at) -> bool:
        """True once its places are open to be booked."""
        return self.released_at <= at
