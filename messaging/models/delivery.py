"""What is to be told to whom, and each try to tell it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock
from messaging import labels
from messaging.models.channel import Medium, MessageChannel
from messaging.models.rule import Priority
from messaging.models.template import MessageTemplate
from patients.models import ContactPoint, Patient


class DeliveryState(models.TextChoices):
    PENDING = "pending", pgettext_lazy("message", "Waiting")
    SENDING = "sending", pgettext_lazy("message", "Being sent")
    ACCEPTED = "accepted", pgettext_lazy("message", "Sent")
    DELIVERED = "delivered", pgettext_lazy("message", "Arrived")
    UNKNOWN = "unknown", pgettext_lazy("message", "Outcome unknown")
    FAILED = "failed", pgettext_lazy("message", "Failed")
    SUPPRESSED = "suppressed", pgettext_lazy("message", "Held back")
    CANCELLED = "cancelled", pgettext_lazy("message", "Not needed any more")
    EXPIRED = "expired", pgettext_lazy("message", "Too late to send")


State = DeliveryState
ENDED = (State.FAILED, State.SUPPRESSED, State.CANCELLED, State.EXPIRED)  # nothing more will be sent
TONE = {
    State.PENDING: "info",
    State.SENDING: "info",
    State.ACCEPTED: "primary",
    State.DELIVERED: "success",
    State.UNKNOWN: "warning",
    State.FAILED: "danger",
    State.SUPPRESSED: "default",
    State.CANCELLED: "default",
    State.EXPIRED: "warning",
}


class Reason(models.TextChoices):
    """Why a delivery ended, or waits, without having been sent. Higher floors add their own by saying so in words."""

    NO_ADDRESS = "no_address", _("No number or address that may be used")
    OPTED_OUT = "opted_out", _("The person opted out")
    DECEASED = "deceased", _("The person is deceased")
    TOO_MANY = "too_many", _("The person had enough messages that day")
    BUDGET = "budget", _("The budget of the day is used up")
    NO_TEXT = "no_text", _("There are no words for this message")
    BAD_TEXT = "bad_text", _("The words name something that is not known")
    CHANNEL_OFF = "channel_off", _("The channel is not in use")
    CARRIER_DOWN = "carrier_down", _("The carrier does not answer")
    REFUSED = "refused", _("The carrier refused it")
    WRONG_ADDRESS = "wrong_address", _("The number or address reaches nobody")
    TOO_LATE = "too_late", _("Its time is over")
    NOT_ANSWERED_BY_CARRIER = "unsettled", _("The carrier cannot say whether it was sent")
    NOT_JUDGED = "not_judged", _("It could not be checked whether it is still true")
    BY_HAND = "by_hand", _("Called off by staff")
    ARRIVED_AFTER_ALL = "arrived_first", _("The try before arrived after all")


class DeliveryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever may see patients may see what they are told; the words are another right."""
        return self if user.has_perm("patients.view_patient") else self.none()

    def due(self, at):
        """Waiting, and their time has come. Read priority by priority: see the index."""
        return self.filter(state=State.PENDING, due_at__lte=at)

    def abandoned(self, at):
        """Being sent by a worker whose lease is over: it died, or the carrier gave no clear answer."""
        return self.filter(state=State.SENDING, lease_until__lte=at)

    def overdue(self, at):
        """Should have gone out by `at`, or been settled: the worker stands still, or cannot keep up."""
        return self.filter(Q(state=State.PENDING, due_at__lte=at) | Q(state=State.SENDING, lease_until__lte=at))

    def about(self, kind, pk):
        return self.filter(about_kind=kind, about_id=pk)

    def lately(self, states, at):
        """Those that came into one of these states after `at`."""
        return self.filter(state__in=states, changed_at__gte=at)


class Delivery(models.Model):
    """One thing to tell one person: unique by its `key` (reason, person, step), so that planning twice plans once.

    `media` are tried in order until one carries it; each try is a Message. `about_*` names the row of a higher floor
    that it is about, in the version at planning. What staff send again is a delivery of its own, `again_of` the one
    that did not arrive. `by`: who had it sent again, or called it off.
    """

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(_("key"), max_length=120, unique=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="deliveries", verbose_name=_("patient"))
    kind = models.CharField(_("message"), max_length=40)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority)
    media = models.CharField(_("channels in order"), max_length=60)  # values of Medium, separated by blanks
    context = models.JSONField(_("details"), default=dict, blank=True)
    about_kind = models.CharField(_("about"), max_length=20, blank=True)
    about_id = models.BigIntegerField(_("about number"), null=True, blank=True)
    about_version = models.PositiveIntegerField(_("about version"), default=0)
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("too late from"))

    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=State.PENDING)
    reason = models.CharField(_("why"), max_length=40, blank=True)
    medium = models.CharField(_("medium"), max_length=8, choices=Medium, blank=True)  # of the last try
    token = models.UUIDField(_("claimed by"), null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(_("claimed until"), null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    waits_since = models.DateTimeField(_("waits for its carrier since"), null=True, blank=True, editable=False)
    on_wire_at = models.DateTimeField(_("handed to the carrier"), null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=20, blank=True)

    again_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="again", verbose_name=_("sent again for"),
        editable=False,
    )  # fmt: skip
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("by hand by"),
    )  # fmt: skip

    created_at = models.DateTimeField(_("planned"), default=clock.now)
    changed_at = models.DateTimeField(_("last change"), default=clock.now)
    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-due_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="delivery_priority_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("due_at")), name="delivery_expires_after_it_is_due"),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(token__isnull=False, lease_until__isnull=False),
                name="delivery_being_sent_has_a_lease",
            ),
            models.CheckConstraint(condition=~Q(media=""), name="delivery_has_a_medium"),
        ]
        indexes = [
            models.Index(fields=["priority", "due_at"], condition=Q(state="pending"), name="delivery_by_due"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="delivery_by_lease"),
            models.Index(fields=["about_kind", "about_id"], name="delivery_by_about"),
            models.Index(fields=["state", "changed_at"], name="delivery_by_state"),  # what ended lately
            models.Index(fields=["-due_at", "-id"], name="delivery_by_time"),  # the admin's list
        ]
        permissions = [("read_message", _("Can read the words of messages"))]

    def __str__(self) -> str:
        return labels.label_of(self.kind)

    @property
    def tone(self) -> str:
        """The badge's colour."""
        return TONE[self.state]

    @property
    def media_in_order(self) -> list[str]:
        return self.media.split()


class MessageState(models.TextChoices):
    SENDING = "sending", pgettext_lazy("message", "Being sent")
    WAITING = "waiting", pgettext_lazy("message", "Not taken yet")
    ACCEPTED = "accepted", pgettext_lazy("message", "Sent")
    DELIVERED = "delivered", pgettext_lazy("message", "Arrived")
    UNKNOWN = "unknown", pgettext_lazy("message", "Outcome unknown")
    FAILED = "failed", pgettext_lazy("message", "Failed")


ON_THE_WAY = (MessageState.SENDING, MessageState.WAITING)
MESSAGE_TONE = {
    MessageState.SENDING: "info",
    MessageState.WAITING: "info",
    MessageState.ACCEPTED: "primary",
    MessageState.DELIVERED: "success",
    MessageState.UNKNOWN: "warning",
    MessageState.FAILED: "danger",
}


class Message(models.Model):
    """One try to tell it by one medium: the words, where they went, what became of it.

    Its uuid is the id that the carrier gets from us, so a repeat can be recognised there and a receipt here.
    """

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="messages", verbose_name=_("delivery"))
    medium = models.CharField(_("medium"), max_length=8, choices=Medium)
    channel = models.ForeignKey(MessageChannel, models.PROTECT, related_name="+", verbose_name=_("channel"))
    carrier = models.CharField(_("carrier"), max_length=20)  # the adapter's name at that time
    contact_point = models.ForeignKey(ContactPoint, models.PROTECT, related_name="+", verbose_name=_("contact point"))
    address = models.CharField(_("number or address"), max_length=254)
    template = models.ForeignKey(
        MessageTemplate, models.PROTECT, related_name="+", verbose_name=_("text version"), db_index=False
    )
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"))
    parts = models.PositiveSmallIntegerField(_("parts"), default=1)
    cost_amount = models.DecimalField(_("cost"), max_digits=9, decimal_places=4, default=0)

    state = models.CharField(_("state"), max_length=10, choices=MessageState, default=MessageState.SENDING)
    provider_id = models.CharField(_("number at the carrier"), max_length=120, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    reason = models.CharField(_("why"), max_length=40, blank=True)
    error = models.CharField(_("what the carrier said"), max_length=200, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "medium"], name="one_message_per_medium"),
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_state_known"),
        ]
        indexes = [
            models.Index(fields=["channel", "at"], name="message_by_channel"),
            models.Index(fields=["address", "at"], name="message_by_address"),
            models.Index(
                fields=["channel", "provider_id"], condition=~Q(provider_id=""), name="message_by_provider_id"
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()

    @property
    def tone(self) -> str:
        """The badge's colour."""
        return MESSAGE_TONE[self.state]
