import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Channel
from common.history import HistoricalRecords
from directory.models.scope import ScopedQuerySet


class PartOfDay(models.TextChoices):
    """Before noon or after it, by the hospital's clock."""

    ANY = "", _("Any time")
    MORNING = "am", _("Morning")
    AFTERNOON = "pm", _("Afternoon")


class EntryStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    OFFERED = "offered", _("Offered a place")
    BOOKED = "booked", _("Booked")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Date passed")


ENTRY_TONE = {
    EntryStatus.WAITING: "waitlist",
    EntryStatus.OFFERED: "warning",
    EntryStatus.BOOKED: "success",
    EntryStatus.WITHDRAWN: "default",
    EntryStatus.EXPIRED: "default",
}


class WaitlistEntryQuerySet(ScopedQuerySet):
    department_path = "service__department"

    def in_turn(self) -> models.QuerySet:
        """Those who wait, the next one first: by priority, then by how long they have waited."""
        return self.filter(status=EntryStatus.WAITING).order_by("-priority", "created_at", "pk")

    def wanting(self, slot) -> models.QuerySet:
        """Those who wait for a place such as `slot`; the part of day is the caller's to compare."""
        session = slot.session
        return self.in_turn().filter(
            Q(practitioner=None) | Q(practitioner=session.practitioner_id),
            service=slot.service_id,
            earliest__lte=session.day,
            latest__gte=session.day,
        )


class WaitlistEntry(models.Model):
    """Somebody who would like a place of a service when one becomes free (候补)."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey(
        "patients.Patient", models.PROTECT, related_name="waitlist_entries", verbose_name=_("patient")
    )
    service = models.ForeignKey(
        "directory.HealthcareService", models.PROTECT, related_name="waitlist_entries", verbose_name=_("service")
    )
    practitioner = models.ForeignKey(
        "directory.Practitioner",
        models.PROTECT,
        related_name="waitlist_entries",
        verbose_name=_("practitioner"),
        null=True,
        blank=True,
        help_text=_("Empty: anybody."),
    )
    earliest = models.DateField(_("from"))
    latest = models.DateField(_("until"))
    part_of_day = models.CharField(_("time of day"), max_length=2, choices=PartOfDay, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), default=0, help_text=_("Higher is served first."))
    notice_hours = models.PositiveSmallIntegerField(
        _("notice needed"), default=24, help_text=_("Hours before the visit within which the person cannot come.")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    status = models.CharField(_("status"), max_length=10, choices=EntryStatus, default=EntryStatus.WAITING)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    created_at = models.DateTimeField(_("waiting since"))

    objects = WaitlistEntryQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("waiting-list entry")
        verbose_name_plural = _("waiting list")
        ordering = ["-priority", "created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "service"],
                condition=Q(status__in=("waiting", "offered")),
                name="one_live_entry_per_patient_and_service",
            ),
            models.CheckConstraint(condition=Q(latest__gte=F("earliest")), name="waitlist_dates_in_order"),
            models.CheckConstraint(condition=Q(status__in=EntryStatus.values), name="waitlist_status_known"),
            models.CheckConstraint(condition=Q(part_of_day__in=PartOfDay.values), name="waitlist_part_known"),
        ]
        indexes = [
            models.Index(fields=["service", "-priority", "created_at"], name="waitlist_in_turn"),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.service}"


class OfferStatus(models.TextChoices):
    OPEN = "open", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Not answered in time")


OFFER_TONE = {
    OfferStatus.OPEN: "warning",
    OfferStatus.ACCEPTED: "success",
    OfferStatus.DECLINED: "default",
    OfferStatus.LAPSED: "danger",
}


class WaitlistOfferQuerySet(models.QuerySet):
    def lapsing(self, at, within) -> models.QuerySet:
        """Those still open that end within this time from `at`."""
        return self.filter(status=OfferStatus.OPEN, expires_at__gt=at, expires_at__lte=at + within)


class WaitlistOffer(models.Model):
    """A freed place, held for one waiting person alone until `expires_at`. The hold is its appointment."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(
        WaitlistEntry, models.PROTECT, related_name="offers", verbose_name=_("waiting-list entry")
    )
    appointment = models.OneToOneField(
        "scheduling.Appointment", models.PROTECT, related_name="offer", verbose_name=_("held place")
    )
    status = models.CharField(_("status"), max_length=10, choices=OfferStatus, default=OfferStatus.OPEN)
    offered_at = models.DateTimeField(_("offered at"))
    expires_at = models.DateTimeField(_("answer by"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("offered by"))
    objects = WaitlistOfferQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("waiting-list offer")
        verbose_name_plural = _("waiting-list offers")
        ordering = ["-offered_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(status="open"), name="one_open_offer_per_waiting_person"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("offered_at")), name="offer_expires_after_start"),
            models.CheckConstraint(condition=Q(status__in=OfferStatus.values), name="offer_status_known"),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(status="open"), name="offer_by_expiry")]

    def __str__(self) -> str:
        return str(self.entry)
