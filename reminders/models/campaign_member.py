"""The people of a campaign, each with their turn."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reminders.models.campaign import Campaign, CampaignVariant


class MemberState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("campaign", "Waiting")
    TOLD = "told", pgettext_lazy("campaign", "Handed over to be told")
    HELD = "held", pgettext_lazy("campaign", "Held out")
    SKIPPED = "skipped", pgettext_lazy("campaign", "Left out")


class CampaignMember(models.Model):
    """A person who fitted when the campaign began, and what became of it at their turn.

    variant: the words by lot; nobody's words for who is held out, whose turn comes all the same. lot: their place in
    the line. round: rises when a pause took the message back, so that the next one is another.
    """

    merge_leaves_duplicates = True

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="members", verbose_name=_("campaign"), db_index=False
    )
    patient = models.ForeignKey(
        "patients.Patient", models.PROTECT, related_name="campaign_members", verbose_name=_("patient")
    )
    variant = models.ForeignKey(
        CampaignVariant, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("variant"),
        db_index=False,
    )  # fmt: skip
    lot = models.PositiveIntegerField(_("place in line"))
    round = models.PositiveSmallIntegerField(_("round"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=MemberState, default=MemberState.WAITING)
    reason = models.CharField(_("why"), max_length=12, blank=True)
    turn_at = models.DateTimeField(_("turn"), null=True, blank=True)

    class Meta:
        verbose_name = _("person of a campaign")
        verbose_name_plural = _("people of campaigns")
        ordering = ["campaign", "lot", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["campaign", "patient"], name="once_per_campaign"),
            models.CheckConstraint(condition=Q(state__in=MemberState.values), name="member_state_known"),
            models.CheckConstraint(
                condition=Q(state="waiting", turn_at=None, reason="")
                | Q(state="told", turn_at__isnull=False, variant__isnull=False, reason="")
                | Q(state="held", turn_at__isnull=False, variant=None, reason="")
                | Q(state="skipped") & ~Q(reason=""),
                name="member_fits_its_state",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "lot"], condition=Q(state="waiting"), name="member_in_line"),
            models.Index(fields=["campaign", "turn_at"], name="member_by_turn"),
        ]

    def __str__(self) -> str:
        return self.get_state_display()
