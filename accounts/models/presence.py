from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Presence(models.Model):
    """Somebody has the page of a record open. Gone shortly after the page stops asking; no log of who looked."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("who"))
    record = models.CharField(_("record"), max_length=100)  # "patients.patient/12"
    since = models.DateTimeField(_("since"))
    seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        ordering = ["since", "pk"]
        constraints = [models.UniqueConstraint(fields=["record", "user"], name="presence_once_per_record")]

    def __str__(self) -> str:
        return f"{self.user} · {self.record}"
