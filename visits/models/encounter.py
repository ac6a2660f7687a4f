from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.history import HistoricalRecords
from common.models import PublicId
from directory.models.scope import ScopedQuerySet


class Outcome(models.TextChoices):
    TREATED = "treated", pgettext_lazy("outcome", "Seen, nothing more planned")
    RETURN = "return", pgettext_lazy("outcome", "To come again")
    TESTS = "tests", pgettext_lazy("outcome", "Sent for tests, comes back")
    REFERRED = "referred", pgettext_lazy("outcome", "Referred to another department")
    ADMITTED = "admitted", pgettext_lazy("outcome", "Admitted")


OUTCOME_TONE = {
    Outcome.TREATED: "success",
    Outcome.RETURN: "info",
    Outcome.TESTS: "warning",
    Outcome.REFERRED: "primary",
    Outcome.ADMITTED: "danger",
}


class EncounterQuerySet(ScopedQuerySet):
    department_path = "service__department"
    practitioner_path = "practitioner"


class Encounter(PublicId):
    """A meeting of patient and clinician: when it began and ended, what came of it, and when they should meet again."""

    appointment = models.ForeignKey(
        "scheduling.Appointment", models.PROTECT, related_name="encounters", verbose_name=_("appointment")
    )
    patient = models.ForeignKey(
        "patients.Patient", models.PROTECT, related_name="encounters", verbose_name=_("patient")
    )
    practitioner = models.ForeignKey(
        "directory.Practitioner", models.PROTECT, related_name="encounters", verbose_name=_("practitioner")
    )
    service = models.ForeignKey(
        "directory.HealthcareService", models.PROTECT, related_name="encounters", verbose_name=_("service")
    )
    location = models.ForeignKey(
        "directory.Location", models.PROTECT, related_name="+", verbose_name=_("room"), null=True, blank=True
    )
    started_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, blank=True)
    follow_up_weeks = models.PositiveSmallIntegerField(_("come again in"), null=True, blank=True, help_text=_("Weeks."))
    follow_up_note = models.CharField(_("what for"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("begun by"))

    objects = EncounterQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("encounter")
        verbose_name_plural = _("encounters")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(ended_at=None), name="one_running_encounter_per_appointment"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="encounter_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(ended_at=None) | ~Q(outcome=""), name="ended_encounter_has_an_outcome"),
            models.CheckConstraint(condition=Q(outcome__in=["", *Outcome.values]), name="encounter_outcome_known"),
        ]
        indexes = [
            models.Index(fields=["practitioner", "service", "-started_at"], name="encounter_by_practitioner"),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.practitioner}"

    @property
    def tone(self) -> str:
        """The badge's colour."""
        return OUTCOME_TONE.get(self.outcome, "default")
