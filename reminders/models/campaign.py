"""Telling many people once: whom, in which words, how fast, and who among them is told nothing, to compare with."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import HistoricalRecords
from common.models import Named, PublicId
from directory.models import Department, HealthcareService
from messaging.models import Medium
from patients.models import Purpose, Tag
from reminders.models.notice import MEDIA_IN_ORDER

MOST_HELD_OUT = 50  # percent
MOST_A_MINUTE = 600


class CampaignPurpose(models.TextChoices):
    RECALL = "recall", _("Recall")
    CHECKUP = "checkup", _("Health check")
    INFORMATION = "information", _("Information")


class CampaignState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("campaign", "Draft")
    RUNNING = "running", pgettext_lazy("campaign", "Running")
    PAUSED = "paused", pgettext_lazy("campaign", "Paused")
    ENDED = "ended", pgettext_lazy("campaign", "Ended")


CAMPAIGN_TONE = {
    CampaignState.DRAFT: "warning",
    CampaignState.RUNNING: "success",
    CampaignState.PAUSED: "info",
    CampaignState.ENDED: "default",
}
BEGUN = Q(started_at__isnull=False)


class CampaignQuerySet(models.QuerySet):
    def running(self):
        """People are told, minute by minute."""
        return self.filter(state=CampaignState.RUNNING)


class Campaign(PublicId, Named):
    """One message to everybody who fits, told once to each.

    Filters that are empty leave nobody out. What has begun is never changed; `version` rises while it is a draft, so
    that what was tried is what is started. `consent`: people without it are not told.
    """

    purpose = models.CharField(_("purpose"), max_length=12, choices=CampaignPurpose, default=CampaignPurpose.RECALL)
    consent = models.CharField(
        _("only who agreed to"), max_length=16, choices=Purpose, blank=True,
        help_text=_("May stay empty for a recall, which is part of the treatment."),
    )  # fmt: skip
    media = models.CharField(_("channels in order"), max_length=60, validators=[MEDIA_IN_ORDER])

    tags_any = models.ManyToManyField(Tag, related_name="+", blank=True, verbose_name=_("with one of the tags"))
    tags_all = models.ManyToManyField(Tag, related_name="+", blank=True, verbose_name=_("with all of the tags"))
    departments = models.ManyToManyField(
        Department, related_name="+", blank=True, verbose_name=_("seen in the departments")
    )
    services = models.ManyToManyField(
        HealthcareService, related_name="+", blank=True, verbose_name=_("seen for the services")
    )
    seen_from = models.DateField(_("last visit on or after"), null=True, blank=True)
    seen_until = models.DateField(_("last visit on or before"), null=True, blank=True)
    unseen_months = models.PositiveSmallIntegerField(
        _("not seen for, months"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    age_from = models.PositiveSmallIntegerField(_("from age"), null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(_("up to age"), null=True, blank=True)
    missed_least = models.PositiveSmallIntegerField(
        _("missed visits, at least"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    missed_months = models.PositiveSmallIntegerField(
        _("in the last months"), default=12, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    only_unbooked = models.BooleanField(_("only who has no booking to come there"), default=True)

    hold_out_percent = models.PositiveSmallIntegerField(
        _("hold-out group, %"), default=0, validators=[MaxValueValidator(MOST_HELD_OUT)],
        help_text=_("Drawn by lot and told nothing, so that the results can be compared with something."),
    )  # fmt: skip
    per_minute = models.PositiveSmallIntegerField(
        _("people a minute"), default=30, validators=[MinValueValidator(1), MaxValueValidator(MOST_A_MINUTE)]
    )

    state = models.CharField(
        _("state"), max_length=8, choices=CampaignState, default=CampaignState.DRAFT, editable=False
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    gathered_to = models.PositiveBigIntegerField(_("written down up to"), default=0, editable=False)
    gathered_at = models.DateTimeField(_("people written down"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), default=clock.now, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    objects = CampaignQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["gathered_to"])

    class Meta(Named.Meta):
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-created_at", "-pk"]
        constraints = [
            *Named.Meta.constraints,
            models.CheckConstraint(condition=Q(purpose__in=CampaignPurpose.values), name="campaign_purpose_known"),
            models.CheckConstraint(condition=Q(state__in=CampaignState.values), name="campaign_state_known"),
            models.CheckConstraint(condition=Q(consent__in=["", *Purpose.values]), name="campaign_consent_known"),
            models.CheckConstraint(
                condition=Q(purpose="recall") | ~Q(consent=""), name="campaign_offer_needs_a_consent"
            ),
            models.CheckConstraint(condition=~Q(media=""), name="campaign_has_a_medium"),
            models.CheckConstraint(
                condition=Q(hold_out_percent__lte=MOST_HELD_OUT), name="campaign_tells_at_least_half"
            ),
            models.CheckConstraint(
                condition=Q(per_minute__gte=1, per_minute__lte=MOST_A_MINUTE), name="campaign_pace_possible"
            ),
            models.CheckConstraint(
                condition=Q(age_from=None) | Q(age_to=None) | Q(age_to__gte=F("age_from")),
                name="campaign_ages_in_order",
            ),
            models.CheckConstraint(
                condition=Q(seen_from=None) | Q(seen_until=None) | Q(seen_until__gte=F("seen_from")),
                name="campaign_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", started_at=None, gathered_at=None, ended_at=None)
                | BEGUN & Q(state__in=("running", "paused"), ended_at=None)
                | BEGUN & Q(state="ended", ended_at__isnull=False),
                name="campaign_times_fit_its_state",
            ),
        ]
        permissions = [("start_campaign", _("Can start campaigns and let them go on"))]

    @property
    def tone(self) -> str:
        """The badge's colour."""
        return CAMPAIGN_TONE[self.state]

    @property
    def media_in_order(self) -> list[str]:
        return self.media.split()

    @property
    def by_what(self) -> str:
        """`WeChat, SMS`."""
        return gettext(", ").join(str(Medium(medium).label) for medium in self.media_in_order)


class CampaignVariant(models.Model):
    """One way to say it, with its share of the people. The words stand in the middle of a message of its kind."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="variants", verbose_name=_("campaign"))
    name = models.CharField(_("variant"), max_length=40)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1, validators=[MinValueValidator(1)])
    text_zh = models.TextField(_("words in Chinese"), max_length=600)
    text_en = models.TextField(_("words in English"), max_length=600)

    class Meta:
        verbose_name = _("variant of a campaign")
        verbose_name_plural = _("variants of campaigns")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["campaign", "name"], name="variant_once_per_campaign"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="variant_has_a_share"),
            models.CheckConstraint(condition=~Q(text_zh="") & ~Q(text_en=""), name="variant_in_both_languages"),
        ]

    def __str__(self) -> str:
        return self.name
