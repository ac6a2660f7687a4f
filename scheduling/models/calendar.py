from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import shown
from common.history import HistoricalRecords
from common.models import Named
from directory.models.scope import sites_of


class ClosedDayQuerySet(models.QuerySet):
    def visible_to(self, user) -> models.QuerySet:
        """Days of the person's sites, and those of every site."""
        return self if user.sees_everything else self.filter(Q(site=None) | Q(site__in=sites_of(user)))


class ClosedDay(Named):
    """A day on which the hospital (or one site) closes, or works although the public calendar says holiday (调休)."""

    day = models.DateField(_("day"))
    site = models.ForeignKey(
        "directory.Site",
        models.PROTECT,
        related_name="closed_days",
        verbose_name=_("site"),
        null=True,
        blank=True,
        help_text=_("Empty: every site."),
    )
    is_open = models.BooleanField(_("works all the same"), default=False)
    objects = ClosedDayQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Named.Meta):
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["day"]
        constraints = [
            *Named.Meta.constraints,
            models.UniqueConstraint(
                fields=["day", "site"], condition=Q(site__isnull=False), name="one_rule_per_day_and_site"
            ),
            models.UniqueConstraint(
                fields=["day"], condition=Q(site__isnull=True), name="one_rule_per_day_for_every_site"
            ),
        ]

    def __str__(self) -> str:
        return f"{shown.day(self.day)} · {self.name}"


class Leave(models.Model):
    """A time in which a practitioner sees nobody: no sessions are made there."""

    practitioner = models.ForeignKey(
        "directory.Practitioner", models.PROTECT, related_name="leaves", verbose_name=_("practitioner")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")
        ordering = ["starts_at"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="leave_ends_after_start")]
        indexes = [models.Index(fields=["practitioner", "ends_at"], name="leave_by_practitioner")]

    def __str__(self) -> str:
        return str(self.practitioner)
