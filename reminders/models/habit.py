"""When and by which channel people answer."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.models import Medium


class AgeGroup(models.TextChoices):
    YOUNG = "0", _("up to 29")
    ADULT = "30", _("30 to 44")
    MIDDLE = "45", _("45 to 59")
    OLDER = "60", _("60 to 74")
    OLD = "75", _("75 and older")


class Habit(models.Model):
    """The hour and the channel at which a person answered most often, or people of an age group did.

    Learnt every night from what was answered in the last year; of one who never answered there is none.
    """

    patient = models.OneToOneField(
        "patients.Patient", models.CASCADE, null=True, related_name="habit", verbose_name=_("patient")
    )
    age_group = models.CharField(_("age group"), max_length=4, choices=AgeGroup, blank=True)
    hour = models.PositiveSmallIntegerField(_("hour"), validators=[MaxValueValidator(23)])
    medium = models.CharField(_("medium"), max_length=8, choices=Medium)
    answers = models.PositiveIntegerField(_("answers"))
    learnt_at = models.DateTimeField(_("learnt"))

    merge_leaves_duplicates = True

    class Meta:
        verbose_name = _("habit")
        verbose_name_plural = _("habits")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["age_group"], condition=~Q(age_group=""), name="one_habit_per_age_group"),
            models.CheckConstraint(
                condition=Q(patient=None) & ~Q(age_group="") | Q(patient__isnull=False, age_group=""),
                name="habit_of_a_person_or_a_group",
            ),
            models.CheckConstraint(condition=Q(hour__lte=23), name="habit_hour_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.hour}:00 · {self.get_medium_display()}"
