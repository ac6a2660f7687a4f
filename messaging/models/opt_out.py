"""Who does not want messages any more."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from messaging.models.channel import Medium


class OptOutQuerySet(models.QuerySet):
    def live(self):
        """Not taken back."""
        return self.filter(ended_at=None)


class OptOut(models.Model):
    """A number or address whose owner said stop. It counts for everybody who is reached there.

    by, ended_by: the member of staff who was told; nobody when the person wrote it themselves.
    """

    medium = models.CharField(_("medium"), max_length=8, choices=Medium)
    address = models.CharField(_("number or address"), max_length=254)
    said = models.CharField(_("what was said"), max_length=200)
    at = models.DateTimeField(_("since"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("recorded by"),
    )  # fmt: skip

    ended_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("taken back by"),
    )  # fmt: skip
    ended_reason = models.CharField(_("why it was taken back"), max_length=200, blank=True)
    objects = OptOutQuerySet.as_manager()

    class Meta:
        verbose_name = _("opt-out")
        verbose_name_plural = _("opt-outs")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["address", "medium"], condition=Q(ended_at=None), name="one_live_opt_out_per_address"
            ),
            models.CheckConstraint(condition=Q(medium__in=Medium.values), name="opt_out_medium_known"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("at")), name="opt_out_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return self.get_medium_display()
