"""Tries to prove who somebody is."""

import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock, shown
from patients.models.patient import Patient


class VerificationAttemptQuerySet(models.QuerySet):
    def failed_since(self, moment: datetime.datetime):
        return self.filter(ok=False, at__gt=moment)


class VerificationAttempt(models.Model):
    """One answer set of a caller or visitor, right or wrong, whoever asked: the answers themselves are not kept."""

    patient = models.ForeignKey(
        Patient, models.PROTECT, related_name="verification_attempts", verbose_name=_("patient")
    )
    asked = models.CharField(_("asked for"), max_length=60, help_text=_("Which facts, separated by commas."))
    ok = models.BooleanField(_("right"))
    at = models.DateTimeField(_("at"), default=clock.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))

    objects = VerificationAttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("verification attempt")
        verbose_name_plural = _("verification attempts")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["patient", "at"], name="verification_by_patient")]  # read by the limit

    def __str__(self) -> str:
        return f"{self.patient} {shown.moment(self.at)}"
