from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.history import HistoricalRecords
from common.models import PublicId
from directory.models.scope import ScopedQuerySet


class Weekday(models.IntegerChoices):
    """Monday is 0, as in `datetime.date.weekday()`."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class ScheduleQuerySet(ScopedQuerySet):
    department_path = "service__department"


class Schedule(PublicId):
    """A line of the weekly roster: this practitioner, this service, this room, that weekday, from then till then.

    Times are the hospital's wall clock. Sessions are made from it day by day for the coming weeks.
    """

    practitioner = models.ForeignKey(
        "directory.Practitioner", models.PROTECT, related_name="schedules", verbose_name=_("practitioner")
    )
    service = models.ForeignKey(
        "directory.HealthcareService", models.PROTECT, related_name="schedules", verbose_name=_("service")
    )
    location = models.ForeignKey(
        "directory.Location", models.PROTECT, related_name="schedules", verbose_name=_("room"), null=True, blank=True
    )
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    slot_minutes = models.PositiveSmallIntegerField(
        _("minutes per slot"), default=15, validators=[MinValueValidator(1), MaxValueValidator(720)]
    )
    capacity = models.PositiveSmallIntegerField(
        _("places per slot"), default=1, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    overbook_limit = models.PositiveSmallIntegerField(
        _("extra places per session"), default=0, help_text=_("How many may be overbooked in one session (加号).")
    )
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    runs_on_holidays = models.BooleanField(_("also on holidays"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = ScheduleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("weekly schedule")
        verbose_name_plural = _("weekly schedules")
        ordering = ["practitioner", "weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="schedule_ends_after_start"),
            models.CheckConstraint(condition=Q(slot_minutes__gte=1), name="schedule_slot_minutes_positive"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="schedule_capacity_positive"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="schedule_weekday_known"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="schedule_valid_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner} · {self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"

    def runs_on(self, day) -> bool:
        """True when the weekday and the validity cover `day`; holidays and leave are not asked here."""
        in_time = self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
        return self.is_active and in_time and day.weekday() == self.weekday
