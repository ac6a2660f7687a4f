"""By what people are reached, and who carries it."""

import json

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import sealing
from common.history import HistoricalRecords
from common.models import PublicId
from patients.models import ContactSystem

SEALED_FOR = "messaging.channel"


class Medium(models.TextChoices):
    """How a message reaches the person."""

    SMS = "sms", _("SMS")
    VOICE = "voice", _("Voice call")
    WECHAT = "wechat", _("WeChat")
    EMAIL = "email", pgettext_lazy("medium", "E-mail")
    PUSH = "push", _("App notification")


# The kind of contact point that a medium needs
REACHED_AT = {
    Medium.SMS: ContactSystem.PHONE,
    Medium.VOICE: ContactSystem.PHONE,
    Medium.WECHAT: ContactSystem.WECHAT,
    Medium.EMAIL: ContactSystem.EMAIL,
    Medium.PUSH: ContactSystem.APP,
}


class MessageChannel(PublicId):
    """The carrier of one medium: which adapter, with which account, at what price and up to which budget.

    There is exactly one row for each medium. Passwords and keys of the account are sealed.
    """

    medium = models.CharField(_("medium"), max_length=8, choices=Medium, unique=True, editable=False)
    kind = models.CharField(_("carrier"), max_length=20, default="outbox")
    options = models.JSONField(_("settings"), default=dict, blank=True)
    sealed = models.BinaryField(_("passwords and keys"), null=True, blank=True, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)

    price_amount = models.DecimalField(
        _("price of one part"), max_digits=9, decimal_places=4, default=0, help_text=_("Of one SMS, one call …")
    )
    price_currency = models.CharField(_("currency"), max_length=3, default="CNY")
    budget_amount = models.DecimalField(
        _("budget of a day"), max_digits=9, decimal_places=2, null=True, blank=True,
        help_text=_("Reminders and campaigns stop there until the next day; stoppages and codes do not. Empty: none."),
    )  # fmt: skip

    paused_until = models.DateTimeField(_("carrier does not answer until"), null=True, blank=True, editable=False)
    down_since = models.DateTimeField(_("does not answer since"), null=True, blank=True, editable=False)
    pause_reason = models.CharField(_("why"), max_length=200, blank=True, editable=False)

    history = HistoricalRecords(excluded_fields=["sealed", "paused_until", "down_since", "pause_reason"])

    class Meta:
        verbose_name = _("message channel")
        verbose_name_plural = _("message channels")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(medium__in=Medium.values), name="channel_medium_known"),
            models.CheckConstraint(condition=Q(price_amount__gte=0), name="channel_price_not_negative"),
            models.CheckConstraint(
                condition=Q(budget_amount=None) | Q(budget_amount__gte=0), name="channel_budget_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.get_medium_display()

    @property
    def secrets(self) -> dict[str, str]:
        """The passwords and keys, opened."""
        return json.loads(sealing.unseal(self.sealed, purpose=SEALED_FOR)) if self.sealed else {}

    def seal(self, secrets: dict[str, str]) -> None:
        """Keep the passwords and keys. The caller saves."""
        self.sealed = sealing.seal(json.dumps(secrets), purpose=SEALED_FOR) if secrets else None
