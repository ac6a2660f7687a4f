"""What a person of the house says of a visit that was missed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.history import HistoricalRecords
from directory.models.scope import ScopedQuerySet

from .appointment import Appointment, AppointmentStatus


class AbsenceQuerySet(ScopedQuerySet):
    department_path = "appointment__slot__service__department"

    def unexcused(self) -> models.QuerySet:
        """Still a missed visit, and without a good reason."""
        return self.filter(is_excused=False, appointment__status=AppointmentStatus.NOSHOW)

    def counting_for(self, policy, at) -> models.QuerySet:
        """What a restriction may rest on: within the policy's days, since it speaks, and not used for one before."""
        recent = self.unexcused().filter(appointment__starts_at__gte=policy.since(at), appointment__starts_at__lte=at)
        return recent.filter(restrictions=None)


class Absence(models.Model):
    """Whether a missed visit was excused, as a person judged it. One that nobody has judged counts for nothing."""

    appointment = models.OneToOneField(
        "scheduling.Appointment", models.PROTECT, related_name="absence", verbose_name=_("appointment")
    )
    is_excused = models.BooleanField(_("excused"))
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("judged by"), db_index=False
    )
    at = models.DateTimeField(_("judged"))
    objects = AbsenceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="absence_has_a_reason")]
        permissions = [("judge_absence", _("Can say whether an absence is excused"))]

    def __str__(self) -> str:
        return str(self.appointment)


class MissedVisit(Appointment):
    """An appointment whose patient did not come, as a person reads it who judges absences."""

    class Meta:
        proxy = True
        verbose_name = _("missed visit")
        verbose_name_plural = _("missed visits")
        ordering = ["-starts_at", "-pk"]
        default_permissions = ()
