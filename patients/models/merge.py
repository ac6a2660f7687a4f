"""Two records of one person became one, and what was moved, so that it can be undone."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from patients.models.patient import Patient


class PatientMerge(models.Model):
    """`merged` was found to be the same person as `kept`. Never deleted: undone at most."""

    kept = models.ForeignKey(Patient, models.PROTECT, related_name="+", verbose_name=_("kept record"))
    merged = models.ForeignKey(Patient, models.PROTECT, related_name="+", verbose_name=_("merged record"))
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField(_("merged at"), default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("merged by"))
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merge_of_two_records"),
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at=None), name="one_standing_merge_per_record"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged.record_number} → {self.kept.record_number}"


class MergedRow(models.Model):
    """One row that a merge moved: unmerging moves exactly these back."""

    merge = models.ForeignKey(PatientMerge, models.CASCADE, related_name="rows", verbose_name=_("merge"))
    model = models.CharField(_("table"), max_length=100)
    row = models.CharField(_("row"), max_length=64)
    field = models.CharField(_("field"), max_length=64)

    class Meta:
        verbose_name = _("moved row")
        verbose_name_plural = _("moved rows")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["merge", "model", "row", "field"], name="row_moved_once_per_merge")
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.row}"
