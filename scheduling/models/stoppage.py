import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class StoppageKind(models.TextChoices):
    STOP_NEW = "stop_new", _("No new bookings")
    CANCEL = "cancel", _("Session and its bookings cancelled")


class Stoppage(models.Model):
    """A session that was stopped (停诊): by whom, why, in which act, and whether it was taken back."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    batch = models.UUIDField(_("act"), db_index=True, editable=False)  # sessions stopped together share it
    session = models.ForeignKey(
        "scheduling.Session", models.PROTECT, related_name="stoppages", verbose_name=_("session")
    )
    kind = models.CharField(_("what"), max_length=10, choices=StoppageKind)
    reason = models.CharField(_("reason"), max_length=200)
    cancelled = models.PositiveIntegerField(_("bookings cancelled"), default=0)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    lifted_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("taken back by"),
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("stoppage")
        verbose_name_plural = _("stoppages")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "kind"], condition=Q(lifted_at__isnull=True), name="one_standing_stoppage_of_a_kind"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="stoppage_has_a_reason"),
            models.CheckConstraint(condition=Q(kind__in=StoppageKind.values), name="stoppage_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.session} · {self.get_kind_display()}"
