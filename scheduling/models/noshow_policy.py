"""The written rule by which somebody may be restricted after missed visits."""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import PublicId
from directory.models import HealthcareService

LONGEST_DAYS = 180  # no restriction is longer, whatever a policy says


class PolicyState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LIVE = "live", _("In use")
    ENDED = "ended", _("Ended")


POLICY_TONE = {PolicyState.DRAFT: "warning", PolicyState.LIVE: "success", PolicyState.ENDED: "default"}


class NoShowPolicy(PublicId):
    """One version of the policy on missed visits. Without one in use nobody can be restricted.

    What is in use is never changed: a copy is edited, put in use and takes its place. `counts_from` is kept by the
    copy, so that a new version neither forgets what counted before nor reaches back to before there was any.
    """

    text_zh = models.TextField(_("what patients are told, in Chinese"), max_length=2000)
    text_en = models.TextField(_("what patients are told, in English"), max_length=2000)
    absences = models.PositiveSmallIntegerField(
        _("unexcused absences"), default=3, validators=[MinValueValidator(2), MaxValueValidator(20)]
    )
    within_days = models.PositiveSmallIntegerField(
        _("within days"), default=180, validators=[MinValueValidator(7), MaxValueValidator(366)]
    )
    restrict_days = models.PositiveSmallIntegerField(
        _("restricted for days"), default=90, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)],
        help_text=_("At the most. Whoever imposes a restriction may choose fewer."),
    )  # fmt: skip
    appeal_days = models.PositiveSmallIntegerField(
        _("days to decide an appeal"), default=5, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    exempt = models.ManyToManyField(
        HealthcareService, related_name="+", blank=True, verbose_name=_("services that stay open"),
        help_text=_("Beside urgent care, which is never restricted."),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=8, choices=PolicyState, default=PolicyState.DRAFT, editable=False)
    live_since = models.DateTimeField(_("in use since"), null=True, blank=True, editable=False)
    counts_from = models.DateTimeField(_("absences count from"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("in use until"), null=True, blank=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("policy on missed visits")
        verbose_name_plural = _("policies on missed visits")
        ordering = ["-pk"]
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PolicyState.values), name="noshowpolicy_state_known"),
            models.UniqueConstraint(fields=["state"], condition=Q(state="live"), name="one_live_noshowpolicy"),
            models.UniqueConstraint(fields=["state"], condition=Q(state="draft"), name="one_draft_noshowpolicy"),
            models.CheckConstraint(condition=~Q(text_zh="") & ~Q(text_en=""), name="noshowpolicy_is_written"),
            models.CheckConstraint(condition=Q(absences__gte=2), name="noshowpolicy_forgives_the_first"),
            models.CheckConstraint(
                condition=Q(restrict_days__gte=1, restrict_days__lte=LONGEST_DAYS), name="noshowpolicy_ends"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", live_since=None, counts_from=None, ended_at=None)
                | Q(state="live", live_since__isnull=False, counts_from__isnull=False, ended_at=None)
                | Q(state="ended", live_since__isnull=False, counts_from__isnull=False, ended_at__isnull=False),
                name="noshowpolicy_times_fit_its_state",
            ),
        ]
        permissions = [("put_in_use_noshowpolicy", _("Can put the policy on missed visits in use and end it"))]

    def __str__(self) -> str:
        return _("Version %(n)s") % {"n": self.pk} if self.pk else str(_("New version"))

    @property
    def tone(self) -> str:
        """The badge's colour."""
        return POLICY_TONE[self.state]

    @property
    def text(self) -> str:
        """What patients are told, in the active language."""
        return self.text_zh if (get_language() or "").startswith("zh") else self.text_en

    def since(self, at: dt.datetime) -> dt.datetime:
        """The earliest visit that counts at `at`; for a policy that is or was in use."""
        return max(self.counts_from, at - dt.timedelta(days=self.within_days))
