import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Channel
from common import clock
from common.history import HistoricalRecords
from common.references import new_reference, show_reference
from directory.models.scope import ScopedQuerySet
from patients.models import ContactPoint


class AppointmentStatus(models.TextChoices):
    HELD = "held", _("Held")
    BOOKED = "booked", _("Booked")
    ARRIVED = "arrived", _("Arrived")
    FULFILLED = "fulfilled", _("Seen")
    NOSHOW = "noshow", _("Did not come")
    CANCELLED = "cancelled", _("Cancelled")
    LAPSED = "lapsed", _("Hold lapsed")


Status = AppointmentStatus
CLAIMING = (Status.HELD, Status.BOOKED, Status.ARRIVED, Status.FULFILLED, Status.NOSHOW)  # these count as taken
OPEN = (Status.HELD, Status.BOOKED, Status.ARRIVED)  # a patient can be in only one of these at a time
TONE = {
    Status.HELD: "warning",
    Status.BOOKED: "info",
    Status.ARRIVED: "primary",
    Status.FULFILLED: "success",
    Status.NOSHOW: "danger",
    Status.CANCELLED: "default",
    Status.LAPSED: "default",
}


class CancelCause(models.TextChoices):
    PATIENT = "patient", _("Patient's wish")
    CLINIC = "clinic", _("Clinic stopped")
    STAFF = "staff", _("Changed by staff")
    ERROR = "error", _("Entered in error")


class AppointmentQuerySet(ScopedQuerySet):
    department_path = "slot__service__department"
    practitioner_path = "slot__session__practitioner"

    def claiming(self) -> models.QuerySet:
        """Those that take up a place."""
        return self.filter(status__in=CLAIMING)

    def once_booked(self) -> models.QuerySet:
        """Whatever became of them; without places that were only kept, which end cancelled or lapsed too."""
        return self.filter(held_until=None)

    def open(self) -> models.QuerySet:
        """Those still to come to an end: held, booked or arrived."""
        return self.filter(status__in=OPEN)

    def expired_holds(self, at) -> models.QuerySet:
        """Holds whose time is over and whose place the next caller may have."""
        return self.filter(status=Status.HELD, held_until__lte=at)

    def holds_of(self, user, at) -> models.QuerySet:
        """Places that the person keeps now while somebody decides; offers and substitutes are kept for others."""
        return self.filter(by=user, status=Status.HELD, held_until__gt=at, offer=None, substitute=None)

    def held_now(self, at) -> models.QuerySet:
        """Places that people of the house keep at this moment, whoever they are."""
        doors = (Channel.DESK, Channel.PHONE)
        return self.filter(status=Status.HELD, held_until__gt=at, channel__in=doors, offer=None, substitute=None)

    def to_judge(self) -> models.QuerySet:
        """Missed visits of which nobody has said yet whether that was excused."""
        return self.filter(status=Status.NOSHOW, patient__isnull=False, absence=None)

    def with_reach(self) -> models.QuerySet:
        """With `is_reachable`: has the patient a phone that may be used?"""
        phones = ContactPoint.objects.phones().reachable().filter(patient=OuterRef("patient"))
        return self.annotate(is_reachable=Exists(phones.order_by()))

    def for_desk(self) -> models.QuerySet:
        """With what a row on screen names."""
        return self.select_related(
            "patient", "slot__session__practitioner", "slot__session__location", "slot__service__department__site"
        )


class Appointment(models.Model):
    """A patient's claim on one place of a slot, from hold to visit, cancellation or no-show.

    While it is `held` it ends by itself at `held_until` and may still lack its patient.
    """

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(
        _("booking reference"), max_length=12, unique=True, default=new_reference, editable=False
    )
    patient = models.ForeignKey(
        "patients.Patient",
        models.PROTECT,
        related_name="appointments",
        verbose_name=_("patient"),
        null=True,
        blank=True,
        db_index=False,
    )
    slot = models.ForeignKey(
        "scheduling.Slot", models.PROTECT, related_name="appointments", verbose_name=_("slot"), db_index=False
    )
    place = models.PositiveSmallIntegerField(_("place number"))
    is_overbooked = models.BooleanField(_("beyond capacity"), default=False)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    reason = models.CharField(_("reason for the visit"), max_length=200, blank=True)
    group = models.UUIDField(_("booked together"), null=True, blank=True, editable=False)

    status = models.CharField(_("status"), max_length=10, choices=AppointmentStatus, default=AppointmentStatus.BOOKED)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True)
    renewals = models.PositiveSmallIntegerField(_("hold extended"), default=0)
    confirmed_at = models.DateTimeField(_("patient confirmed at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancel_cause = models.CharField(_("cancelled because"), max_length=10, choices=CancelCause, blank=True)

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("booked by"), db_index=False
    )
    requested_at = models.DateTimeField(_("first asked for at"))  # kept when moved: lead time counts from here
    created_at = models.DateTimeField(_("booked at"))
    version = models.PositiveIntegerField(_("version"), default=1)  # rises with each move, so that old notices die

    objects = AppointmentQuerySet.as_manager()
    history = HistoricalRecords(no_db_index=["slot", "patient", "by", "uuid", "reference"])

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "place"], condition=Q(status__in=CLAIMING), name="one_live_claim_per_place"
            ),
            models.CheckConstraint(condition=Q(status__in=AppointmentStatus.values), name="appointment_status_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="appointment_channel_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"),
            models.CheckConstraint(condition=Q(place__gte=1), name="appointment_place_positive"),
            models.CheckConstraint(
                condition=Q(patient__isnull=False) | Q(status__in=("held", "lapsed", "cancelled")),
                name="appointment_has_patient_unless_held",
            ),
            models.CheckConstraint(
                condition=~Q(status="held") | Q(held_until__isnull=False), name="appointment_hold_has_an_end"
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "starts_at"], name="appointment_by_patient"),
            models.Index(fields=["slot"], name="appointment_by_slot"),
            models.Index(fields=["starts_at"], name="appointment_by_start"),
            models.Index(fields=["held_until"], condition=Q(status="held"), name="hold_by_end"),
            models.Index(fields=["group"], condition=Q(group__isnull=False), name="appointment_by_group"),
        ]
        permissions = [
            ("overbook_appointment", _("Can book beyond capacity")),
            ("cancel_late", _("Can cancel or move after the deadline")),
            ("mark_noshow", _("Can record that a patient did not come")),
        ]

    def __str__(self) -> str:
        return show_reference(self.reference)

    @property
    def is_open(self) -> bool:
        """Held, booked or arrived."""
        return self.status in OPEN

    @property
    def tone(self) -> str:
        """The badge's colour."""
        return TONE[self.status]

    def has_lapsed(self, at=None) -> bool:
        """True for a hold whose time is over, whether or not somebody has written it down yet."""
        return self.status == Status.HELD and self.held_until <= (at or clock.now())
