from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.history import HistoricalRecords
from common.models import Named, PublicId

from .scope import ScopedQuerySet


class Site(PublicId, Named):
    """A campus or branch with its own address, and the limits that keep booking fair there."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_hours_zh = models.CharField(_("hours of the phone in Chinese"), max_length=80, blank=True)
    phone_hours_en = models.CharField(_("hours of the phone in English"), max_length=80, blank=True)
    max_open = models.PositiveSmallIntegerField(
        _("open bookings per patient"), default=8, validators=[MinValueValidator(1)]
    )
    max_per_day = models.PositiveSmallIntegerField(
        _("bookings per patient and day"), default=3, validators=[MinValueValidator(1)]
    )
    max_per_department = models.PositiveSmallIntegerField(
        _("bookings per patient, department and day"), default=1, validators=[MinValueValidator(1)]
    )
    cancel_hours = models.PositiveSmallIntegerField(
        _("patients cancel or move until"), default=4, help_text=_("Hours before the visit; staff may do so later.")
    )
    is_active = models.BooleanField(_("in use"), default=True)
    history = HistoricalRecords()

    class Meta(Named.Meta):
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["code"]
        constraints = [
            *Named.Meta.constraints,
            models.CheckConstraint(
                condition=Q(max_open__gte=1, max_per_day__gte=1, max_per_department__gte=1), name="site_limits_positive"
            ),
        ]

    @property
    def phone_hours(self) -> str:
        """When somebody answers the phone, in the reader's language, else in the other; "" when not said."""
        first, second = self.phone_hours_zh, self.phone_hours_en
        if not (get_language() or "").startswith("zh"):
            first, second = second, first
        return first or second


class DepartmentQuerySet(ScopedQuerySet):
    department_path = ""


class Department(PublicId, Named):
    """A clinical department at one site (Orthopaedics, 骨科)."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="departments", verbose_name=_("site"))
    code = models.SlugField(_("code"), max_length=20)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_sensitive = models.BooleanField(
        _("name reveals a condition"),
        default=False,
        help_text=_("Its name is left out of messages and public screens."),
    )
    names_on_screens = models.BooleanField(
        _("names on call screens"),
        default=False,
        help_text=_("Masked: the family name only. Otherwise just the ticket is shown."),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    objects = DepartmentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(Named.Meta):
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["site", "code"]
        constraints = [
            *Named.Meta.constraints,
            models.UniqueConstraint(fields=["site", "code"], name="department_code_unique_at_site"),
            models.CheckConstraint(
                condition=Q(is_sensitive=False) | Q(names_on_screens=False),
                name="department_sensitive_shows_no_names",
                violation_error_message=_("A department whose name reveals a condition shows no names."),
            ),
        ]


class Location(PublicId, Named):
    """A room in which visits take place."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="locations", verbose_name=_("site"))
    code = models.CharField(_("room number"), max_length=20)
    floor = models.CharField(_("floor"), max_length=20, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    history = HistoricalRecords()

    class Meta(Named.Meta):
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["site", "code"]
        constraints = [
            *Named.Meta.constraints,
            models.UniqueConstraint(fields=["site", "code"], name="room_code_unique_at_site"),
        ]
