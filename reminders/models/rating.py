"""What patients say of a visit."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Channel
from directory.models.scope import ScopedQuerySet


class Score(models.IntegerChoices):
    VERY_BAD = 1, _("1 very bad")
    BAD = 2, _("2 bad")
    FAIR = 3, _("3 fair")
    GOOD = 4, _("4 good")
    VERY_GOOD = 5, _("5 very good")


SCORE_TONE = {
    Score.VERY_BAD: "danger",
    Score.BAD: "danger",
    Score.FAIR: "warning",
    Score.GOOD: "success",
    Score.VERY_GOOD: "success",
}
ASKED_WHY = (Score.VERY_BAD, Score.BAD, Score.FAIR)


class RatingQuerySet(ScopedQuerySet):
    department_path = "appointment__slot__service__department"


class Rating(models.Model):
    """How a patient rates a visit, and why in their own words. One for each visit; the first counts."""

    appointment = models.OneToOneField(
        "scheduling.Appointment", models.PROTECT, related_name="rating", verbose_name=_("appointment")
    )
    score = models.PositiveSmallIntegerField(_("rating"), choices=Score)
    reason = models.CharField(_("in their words"), max_length=500, blank=True)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    at = models.DateTimeField(_("when"))
    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["-at", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(score__in=Score.values), name="rating_score_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="rating_channel_known"),
        ]
        indexes = [models.Index(fields=["-at"], name="rating_by_time")]

    def __str__(self) -> str:
        return self.get_score_display()

    @property
    def tone(self) -> str:
        """The badge's colour."""
        return SCORE_TONE[self.score]
