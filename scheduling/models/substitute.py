from django.db import models
from django.utils.translation import gettext_lazy as _

from .appointment import AppointmentStatus


class SubstituteQuerySet(models.QuerySet):
    def standing(self, at) -> models.QuerySet:
        """Those whose place is still kept."""
        return self.filter(appointment__status=AppointmentStatus.HELD, appointment__held_until__gt=at)


class Substitute(models.Model):
    """A place kept for somebody whose booking a stoppage took, until they have been asked.

    The place itself is a held appointment of theirs; it ends by itself like every hold.
    """

    lost = models.ForeignKey(
        "scheduling.Appointment", models.PROTECT, related_name="substitutes", verbose_name=_("lost booking")
    )
    appointment = models.OneToOneField(
        "scheduling.Appointment", models.PROTECT, related_name="substitute", verbose_name=_("kept place")
    )

    objects = SubstituteQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept place")
        verbose_name_plural = _("kept places")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.lost} → {self.appointment}"
