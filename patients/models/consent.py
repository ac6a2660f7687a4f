"""What a person agreed to: the words shown, when, by which way, until withdrawn."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import HistoricalRecords
from patients.models.patient import Patient


class Purpose(models.TextChoices):
    REMINDERS = "reminders", _("Reminders of visits")
    MARKETING = "marketing", _("Health offers")
    RESEARCH = "research", _("Research")
    SHARING = "sharing", _("Sharing with other institutions")
    PORTAL = "portal", _("Patient portal")
    RECORDING = "recording", _("Recording of calls")


class GivenBy(models.TextChoices):
    """The way by which the consent reached the hospital."""

    COUNTER = "counter", _("At the counter")
    PHONE = "phone", _("By phone")
    PORTAL = "portal", _("On the portal")
    PAPER = "paper", _("On paper")
    IMPORT = "import", _("From another system")


class ConsentQuerySet(models.QuerySet):
    def live(self):
        return self.filter(withdrawn_at=None)


class Consent(models.Model):
    """A patient's agreement to one purpose, in one version of its words."""

    merge_leaves_duplicates = True

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="consents", verbose_name=_("patient"))
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose)
    channel = models.CharField(_("given"), max_length=8, choices=GivenBy)
    version = models.CharField(_("version of the text"), max_length=20)
    text_shown = models.TextField(_("text shown"))
    given_at = models.DateTimeField(_("given at"), default=clock.now)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by"))

    history = HistoricalRecords()
    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "purpose"], condition=Q(withdrawn_at=None), name="one_live_consent_per_purpose"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_withdrawn_after_it_was_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.version})"
