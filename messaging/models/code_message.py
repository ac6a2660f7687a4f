"""A one-time code on its way to a phone."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import sealing
from messaging.models.channel import Medium, MessageChannel
from messaging.models.delivery import TONE, DeliveryState
from messaging.models.template import MessageTemplate
from patients.models import Language

State = DeliveryState
STATES = (
    State.PENDING, State.SENDING, State.ACCEPTED, State.DELIVERED, State.UNKNOWN, State.FAILED, State.EXPIRED,
)  # fmt: skip
SHOWN_BY = "outbox"  # the carrier that only shows what it has: there the code stays until it is over


class CodeMessageQuerySet(models.QuerySet):
    def due(self, at):
        """Wait to be sent, and it is not too late."""
        return self.filter(state=State.PENDING, expires_at__gt=at)

    def too_late(self, at):
        """Still wait although nobody could use the code any more."""
        return self.filter(state=State.PENDING, expires_at__lte=at)

    def abandoned(self, at):
        """Being sent by a worker that died."""
        return self.filter(state=State.SENDING, lease_until__lte=at)

    def over(self, at):
        """Hold a code that nobody can use any more."""
        return self.filter(expires_at__lte=at, sealed__isnull=False).exclude(state=State.SENDING)


class CodeMessage(models.Model):
    """One try to tell a code to a phone, whoever's it is: no patient and no delivery belongs to it.

    The code is sealed and goes as soon as it was handed over or is too late. Its uuid is the id that the carrier gets
    from us. `after`: the try by the other medium that a carrier refused.
    """

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    address = models.CharField(_("phone"), max_length=20)  # E.164
    medium = models.CharField(_("medium"), max_length=8, choices=Medium)
    language = models.CharField(_("language"), max_length=8, choices=Language)
    channel = models.ForeignKey(MessageChannel, models.PROTECT, related_name="+", verbose_name=_("channel"))
    sealed = models.BinaryField(_("one-time code"), null=True, editable=False)
    at = models.DateTimeField(_("when"))
    expires_at = models.DateTimeField(_("too late from"))
    after = models.OneToOneField(
        "self", models.SET_NULL, null=True, related_name="then", verbose_name=_("instead of"), editable=False
    )

    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=State.PENDING)
    token = models.UUIDField(_("claimed by"), null=True, editable=False)
    lease_until = models.DateTimeField(_("claimed until"), null=True, editable=False)
    carrier = models.CharField(_("carrier"), max_length=20, blank=True)  # the adapter's name at that time
    template = models.ForeignKey(
        MessageTemplate, models.PROTECT, null=True, related_name="+", verbose_name=_("text version"), db_index=False
    )
    parts = models.PositiveSmallIntegerField(_("parts"), default=1)
    cost_amount = models.DecimalField(_("cost"), max_digits=9, decimal_places=4, default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)
    provider_id = models.CharField(_("number at the carrier"), max_length=120, blank=True)
    reason = models.CharField(_("why"), max_length=40, blank=True)
    error = models.CharField(_("what the carrier said"), max_length=200, blank=True)
    objects = CodeMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("code message")
        verbose_name_plural = _("code messages")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="code_message_state_known"),
            models.CheckConstraint(condition=Q(medium__in=(Medium.SMS, Medium.VOICE)), name="code_goes_to_a_phone"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("at")), name="code_message_expires_after_it_began"),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(token__isnull=False, lease_until__isnull=False),
                name="code_message_being_sent_has_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(sealed=None)
                | Q(state__in=(State.PENDING, State.SENDING))
                | Q(state__in=(State.ACCEPTED, State.DELIVERED), carrier=SHOWN_BY),
                name="code_is_not_kept_after_it_was_sent",
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "at"], name="code_message_by_channel"),
            models.Index(fields=["address", "at"], name="code_message_by_address"),
            models.Index(fields=["expires_at"], condition=Q(sealed__isnull=False), name="code_message_with_code"),
            models.Index(
                fields=["channel", "provider_id"], condition=~Q(provider_id=""), name="code_message_by_number"
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def tone(self) -> str:
        """The badge's colour."""
        return TONE[self.state]

    def seal(self, code: str) -> None:
        """Keep the code for this message alone. The caller saves."""
        self.sealed = sealing.seal(code, purpose=self._purpose)

    def unseal(self) -> str:
        """The code. Raises CannotUnseal; TypeError when it is gone."""
        return sealing.unseal(self.sealed, purpose=self._purpose)

    def minutes_left(self, at: dt.datetime) -> int:
        """For how long it can be used, as it is said: at least one."""
        return max(1, round((self.expires_at - at) / dt.timedelta(minutes=1)))

    @property
    def _purpose(self) -> str:
        return f"messaging.code:{self.uuid}"
