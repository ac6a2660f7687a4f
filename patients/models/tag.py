"""Words that staff or computations hang on a person, until a day."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import HistoricalRecords
from common.models import Named
from patients.models.patient import Patient


class Tone(models.TextChoices):
    """The badge's colour, in the words of the design: state is never told by colour alone."""

    NEUTRAL = "default", _("Neutral")
    INFO = "info", _("Blue")
    SUCCESS = "success", _("Green")
    WARNING = "warning", _("Amber")
    DANGER = "danger", _("Red")


class Tag(Named):
    """A word for patients: wheelchair, often absent, parent of a small child."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    tone = models.CharField(_("colour"), max_length=8, choices=Tone, default=Tone.NEUTRAL)
    is_active = models.BooleanField(_("in use"), default=True)

    history = HistoricalRecords()

    class Meta(Named.Meta):
        abstract = False
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name)


class PatientTagQuerySet(models.QuerySet):
    def current(self, on: datetime.date | None = None):
        """Those that count on a day, default today at the hospital."""
        return self.filter(Q(until=None) | Q(until__gte=on or clock.today()), ended_at=None)


class PatientTag(models.Model):
    """A tag on a patient, by whom and until when."""

    merge_leaves_duplicates = True

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="patient_tags", verbose_name=_("patient"))
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="patient_tags", verbose_name=_("tag"))
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day; empty: until taken off."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("put on"), default=clock.now, editable=False)
    ended_at = models.DateTimeField(_("taken off"), null=True, blank=True, editable=False)

    history = HistoricalRecords()
    objects = PatientTagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag of a patient")
        verbose_name_plural = _("tags of patients")
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "tag"], condition=Q(ended_at=None), name="one_live_tag_of_a_kind_per_patient"
            )
        ]

    def __str__(self) -> str:
        return str(self.tag)

    def is_current(self, on: datetime.date | None = None) -> bool:
        return self.ended_at is None and (self.until is None or self.until >= (on or clock.today()))
