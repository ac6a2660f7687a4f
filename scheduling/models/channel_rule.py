import datetime as dt

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Channel
from common import clock
from common.history import HistoricalRecords
from common.models import Named, PublicId
from directory.models import Department, Grade, HealthcareService, Scope
from directory.models.scope import sites_of


class ChannelRuleQuerySet(models.QuerySet):
    def visible_to(self, user) -> models.QuerySet:
        """Rules that speak of the person's sites and departments, among others or alone."""
        if user.sees_everything:
            return self
        return self.filter(
            Q(site=None) | Q(site__in=sites_of(user)),
            Q(department=None) | Q(department__in=Department.objects.visible_to(user)),
            Q(service=None) | Q(service__in=HealthcareService.objects.visible_to(user)),
        )

    def active_for(self, service) -> models.QuerySet:
        """Rules in use that speak of this service: of it, of its grade, of its department or of its site, or of all."""
        return self.filter(
            Q(service=None) | Q(service=service),
            Q(department=None) | Q(department=service.department_id),
            Q(site=None) | Q(site=service.department.site_id),
            Q(grade="") | Q(grade=service.grade),
            is_active=True,
        ).order_by("pk")


class ChannelRule(PublicId, Named):
    """How much of a session a channel keeps or may take, and when: shares of one pool that melt before the visit.

    Percentages are of the places of one session. Hours count back from its start, days from midnight of its day.
    """

    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    site = models.ForeignKey(
        "directory.Site", models.CASCADE, related_name="+", verbose_name=_("site"), null=True, blank=True
    )
    department = models.ForeignKey(
        "directory.Department", models.CASCADE, related_name="+", verbose_name=_("department"), null=True, blank=True
    )
    service = models.ForeignKey(
        "directory.HealthcareService",
        models.CASCADE,
        related_name="+",
        verbose_name=_("service"),
        null=True,
        blank=True,
    )
    grade = models.CharField(_("grade"), max_length=8, choices=Grade, blank=True)
    reserved_percent = models.PositiveSmallIntegerField(
        _("kept for this channel, %"), default=0, validators=[MaxValueValidator(100)]
    )
    max_percent = models.PositiveSmallIntegerField(
        _("at most for this channel, %"), default=100, validators=[MaxValueValidator(100)]
    )
    melts_hours = models.PositiveSmallIntegerField(
        _("shares melt, hours before"), default=24, help_text=_("From then on every channel may take every place.")
    )
    opens_days = models.PositiveSmallIntegerField(
        _("opens, days before"),
        null=True,
        blank=True,
        help_text=_("0: on the day itself, from midnight. Empty: with the release of the places."),
    )
    closes_hours = models.PositiveSmallIntegerField(
        _("closes, hours before"), default=0, help_text=_("0: until the slot begins.")
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = ChannelRuleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Named.Meta):
        verbose_name = _("channel rule")
        verbose_name_plural = _("channel rules")
        ordering = ["channel", "pk"]
        constraints = [
            *Named.Meta.constraints,
            models.CheckConstraint(
                condition=Q(reserved_percent__lte=F("max_percent"), max_percent__lte=100), name="channel_rule_percents"
            ),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="channel_rule_channel_known"),
            models.CheckConstraint(condition=Q(grade__in=["", *Grade.values]), name="channel_rule_grade_known"),
        ]

    def opens_at(self, day: dt.date) -> dt.datetime | None:
        """From when the channel may book a session of that day; None: from its release."""
        if self.opens_days is None:
            return None
        return clock.at_wall(day - dt.timedelta(days=self.opens_days), dt.time.min)

    def speaks_of(self, service) -> bool:
        """True when this service lies within the rule's scope; the same question as `active_for`, of one row."""
        department = service.department
        return (
            self.service_id in (None, service.pk)
            and self.department_id in (None, department.pk)
            and self.site_id in (None, department.site_id)
            and self.grade in ("", service.grade)
        )

    def lies_within(self, user) -> bool:
        """True when it speaks of nothing beyond the person's sites and departments, who then may make and change it."""
        if user.sees_everything:
            return True
        department = self.service.department if self.service else self.department
        if department is not None:
            return Department.objects.visible_to(user).filter(pk=department.pk).exists()
        return Scope.objects.filter(user_id=user.pk, site=self.site_id, department=None).exists()
