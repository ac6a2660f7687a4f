from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Channel


class EventKind(models.TextChoices):
    HELD = "held", pgettext_lazy("event", "Held")
    RENEWED = "renewed", pgettext_lazy("event", "Hold extended")
    RELEASED = "released", pgettext_lazy("event", "Hold given up")
    LAPSED = "lapsed", pgettext_lazy("event", "Hold lapsed")
    BOOKED = "booked", pgettext_lazy("event", "Booked")
    CONFIRMED = "confirmed", pgettext_lazy("event", "Confirmed by the patient")
    MOVED = "moved", pgettext_lazy("event", "Moved")
    CANCELLED = "cancelled", pgettext_lazy("event", "Cancelled")
    NOSHOW = "noshow", pgettext_lazy("event", "Did not come")
    RESTORED = "restored", pgettext_lazy("event", "Undone")
    ARRIVED = "arrived", pgettext_lazy("event", "Arrived")
    FULFILLED = "fulfilled", pgettext_lazy("event", "Seen")
    TOLD = "told", pgettext_lazy("event", "Told of the stoppage")


class AppointmentEvent(models.Model):
    """A fact about an appointment, written in the transaction that made it true. Never changed, never deleted.

    Reminders, the waiting list and reports read these rows in order of their number.
    """

    appointment = models.ForeignKey(
        "scheduling.Appointment", models.PROTECT, related_name="events", verbose_name=_("appointment")
    )
    kind = models.CharField(_("what"), max_length=10, choices=EventKind)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"), db_index=False
    )
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    slot = models.ForeignKey(
        "scheduling.Slot", models.PROTECT, related_name="+", verbose_name=_("slot"), db_index=False
    )
    from_slot = models.ForeignKey(
        "scheduling.Slot",
        models.PROTECT,
        related_name="+",
        verbose_name=_("from slot"),
        null=True,
        db_index=False,
    )
    request_key = models.CharField(_("request key"), max_length=100, blank=True, editable=False)
    request_digest = models.CharField(_("request digest"), max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("appointment event")
        verbose_name_plural = _("appointment events")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "request_key"], condition=~Q(request_key=""), name="one_event_per_request_key"
            ),
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="event_kind_known"),
        ]
        indexes = [models.Index(fields=["kind", "at"], name="event_by_kind")]

    def __str__(self) -> str:
        return self.get_kind_display()
