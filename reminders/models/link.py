"""Answering without signing in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from messaging.models import Delivery


class AnswerLink(models.Model):
    """A link in a message by which its reader answers. Only the fingerprint of its secret is kept; opening it changes
    nothing, and it ends with the visit."""

    delivery = models.OneToOneField(Delivery, models.PROTECT, related_name="link", verbose_name=_("delivery"))
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(_("valid until"))
    opened_at = models.DateTimeField(_("first opened"), null=True, blank=True)
    used_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("answer link")
        verbose_name_plural = _("answer links")

    def __str__(self) -> str:
        return str(self.delivery)
