"""What comes back: receipts and answers."""

from django.conf import settings
from django.contrib.admin import display
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.models import PublicId
from messaging.labels import answer_words
from messaging.models.channel import Medium, MessageChannel
from messaging.models.delivery import Message
from patients.models import Patient


class ProviderEvent(models.Model):
    """An event of a carrier that was taken in: each counts once, however often it is sent."""

    channel = models.ForeignKey(MessageChannel, models.PROTECT, related_name="+", verbose_name=_("channel"))
    event_id = models.CharField(_("number at the carrier"), max_length=160)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("carrier's event")
        verbose_name_plural = _("carriers' events")
        constraints = [models.UniqueConstraint(fields=["channel", "event_id"], name="provider_event_once")]

    def __str__(self) -> str:
        return self.event_id


class InboundState(models.TextChoices):
    NEW = "new", pgettext_lazy("answer", "New")
    UNDERSTOOD = "understood", pgettext_lazy("answer", "Done by itself")
    OPEN = "open", pgettext_lazy("answer", "For a person")
    CLOSED = "closed", pgettext_lazy("answer", "Dealt with")


INBOUND_TONE = {
    InboundState.NEW: "info",
    InboundState.UNDERSTOOD: "success",
    InboundState.OPEN: "warning",
    InboundState.CLOSED: "default",
}


class InboundMessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever may see patients; a sender who is not known yet is perhaps one."""
        return self if user.has_perm("patients.view_patient") else self.none()


class InboundMessage(PublicId):
    """Something that somebody sent, pressed or said. `patient` is known only when one person alone has the address,
    or when a member of staff recognised them."""

    medium = models.CharField(_("medium"), max_length=8, choices=Medium)
    channel = models.ForeignKey(MessageChannel, models.PROTECT, related_name="+", verbose_name=_("channel"))
    sender = models.CharField(_("from"), max_length=254)
    text = models.TextField(_("text"), max_length=2000)
    at = models.DateTimeField(_("when"))
    answers = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="replies", verbose_name=_("answer to")
    )
    patient = models.ForeignKey(
        Patient, models.PROTECT, null=True, blank=True, related_name="inbound_messages", verbose_name=_("patient")
    )
    recognised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("recognised by"),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=10, choices=InboundState, default=InboundState.NEW)
    outcome = models.CharField(_("what was done"), max_length=200, blank=True)
    closed_at = models.DateTimeField(_("dealt with"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("dealt with by"),
    )  # fmt: skip
    objects = InboundMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("received message")
        verbose_name_plural = _("received messages")
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(state__in=InboundState.values), name="inbound_state_known")]
        indexes = [
            models.Index(fields=["sender", "at"], name="inbound_by_sender"),
            models.Index(fields=["state", "at"], name="inbound_by_state"),
        ]
        permissions = [("answer_as_patient", _("Can answer in a patient's place in the outbox"))]

    def __str__(self) -> str:
        return self.get_medium_display()

    @property
    def tone(self) -> str:
        """The badge's colour."""
        return INBOUND_TONE[self.state]

    @property
    @display(description=_("what was done"))
    def became(self) -> str:
        """In the reader's language."""
        return answer_words(self.outcome)
