import datetime as dt

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import HistoricalRecords
from common.models import Named, PublicId

from .scope import ScopedQuerySet


class Grade(models.TextChoices):
    GENERAL = "general", _("General")
    EXPERT = "expert", _("Expert")
    SPECIAL = "special", _("Special")
    CHECKUP = "checkup", _("Check-up")


class Sex(models.TextChoices):
    MALE = "male", _("Men")
    FEMALE = "female", _("Women")


class HealthcareService(PublicId, Named):
    """Something that can be booked in a department: how long, how much, for whom, and from when."""

    department = models.ForeignKey(
        "directory.Department", models.PROTECT, related_name="services", verbose_name=_("department")
    )
    code = models.SlugField(_("code"), max_length=30, unique=True)
    grade = models.CharField(_("grade"), max_length=8, choices=Grade, default=Grade.GENERAL)

    length_minutes = models.PositiveSmallIntegerField(
        _("length in minutes"), default=15, validators=[MinValueValidator(1)]
    )
    fee_amount = models.DecimalField(_("fee"), max_digits=9, decimal_places=2, default=0)
    fee_currency = models.CharField(_("currency"), max_length=3, default="CNY")
    preparation_zh = models.TextField(_("preparation in Chinese"), blank=True)
    preparation_en = models.TextField(_("preparation in English"), blank=True)
    search_words = models.TextField(
        _("search words"),
        blank=True,
        help_text=_("Words and symptoms that patients use, in Chinese and English, separated by commas."),
    )

    min_age = models.PositiveSmallIntegerField(_("from age"), null=True, blank=True)
    max_age = models.PositiveSmallIntegerField(_("up to age"), null=True, blank=True)
    sex = models.CharField(_("only for"), max_length=8, choices=Sex, blank=True)

    is_urgent = models.BooleanField(
        _("urgent care"), default=False, help_text=_("Nobody is kept from it by a restriction after missed visits.")
    )

    release_days = models.PositiveSmallIntegerField(
        _("released days before"), default=14, help_text=_("So many days before the session its places open.")
    )
    release_time = models.TimeField(
        _("released at"), default=dt.time(7, 0), help_text=_("By the hospital's clock, on that day.")
    )
    is_active = models.BooleanField(_("in use"), default=True)
    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Named.Meta):
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["department", "code"]
        constraints = [
            *Named.Meta.constraints,
            models.CheckConstraint(condition=Q(length_minutes__gte=1), name="service_length_positive"),
            models.CheckConstraint(condition=Q(fee_amount__gte=0), name="service_fee_not_negative"),
            models.CheckConstraint(condition=Q(grade__in=Grade.values), name="service_grade_known"),
            models.CheckConstraint(condition=Q(sex__in=["", *Sex.values]), name="service_sex_known"),
            models.CheckConstraint(
                condition=Q(min_age__isnull=True) | Q(max_age__isnull=True) | Q(max_age__gte=F("min_age")),
                name="service_ages_in_order",
            ),
        ]

    def release_at(self, day: dt.date) -> dt.datetime:
        """The instant at which places of a session on `day` open (放号)."""
        return clock.at_wall(day - dt.timedelta(days=self.release_days), self.release_time)
