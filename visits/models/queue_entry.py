from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.history import HistoricalRecords
from common.models import PublicId
from directory.models.scope import ScopedQuerySet


class QueueState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("queue", "Waiting")
    CALLED = "called", pgettext_lazy("queue", "Called")
    INSIDE = "inside", pgettext_lazy("queue", "With the clinician")
    SKIPPED = "skipped", pgettext_lazy("queue", "Did not answer")
    DONE = "done", pgettext_lazy("queue", "Seen")
    LEFT = "left", pgettext_lazy("queue", "Left without being seen")
    UNDONE = "undone", pgettext_lazy("queue", "Check-in taken back")


IN_WAITING_ROOM = (QueueState.WAITING, QueueState.CALLED, QueueState.SKIPPED)
LIVE = (QueueState.WAITING, QueueState.CALLED, QueueState.INSIDE, QueueState.SKIPPED)
STATE_TONE = {
    QueueState.WAITING: "info",
    QueueState.CALLED: "primary",
    QueueState.INSIDE: "primary",
    QueueState.SKIPPED: "warning",
    QueueState.DONE: "success",
    QueueState.LEFT: "danger",
    QueueState.UNDONE: "default",
}


class VisitKind(models.TextChoices):
    BOOKED = "booked", pgettext_lazy("visit", "Booked")
    WALK_IN = "walk_in", pgettext_lazy("visit", "Walk-in")
    RESULTS = "results", pgettext_lazy("visit", "Back with results")


class Priority(models.TextChoices):
    NONE = "", pgettext_lazy("priority", "In turn")
    OLD = "old", pgettext_lazy("priority", "75 and over")
    FRAIL = "frail", pgettext_lazy("priority", "Frail or with a small child")
    URGENT = "urgent", pgettext_lazy("priority", "Urgent")


class QueueEntryQuerySet(ScopedQuerySet):
    department_path = "session__service__department"
    practitioner_path = "session__practitioner"

    def live(self) -> models.QuerySet:
        """Those who are in the house and not yet seen."""
        return self.filter(state__in=LIVE)

    def in_waiting_room(self) -> models.QuerySet:
        """Those who are here and not yet with the clinician, called or not."""
        return self.filter(state__in=IN_WAITING_ROOM)

    def waiting_since(self, moment) -> models.QuerySet:
        """Those who came, or came back, before `moment` and wait still."""
        return self.in_waiting_room().filter(arrived_at__lte=moment)

    def in_order(self) -> models.QuerySet:
        """Who comes first: by turn (the rule stands in `services/turns.py`), then by ticket."""
        return self.order_by("turn_at", "pk")

    def for_desk(self) -> models.QuerySet:
        """With what a line on screen names."""
        return self.select_related(
            "appointment__patient",
            "appointment__slot",
            "session__practitioner",
            "session__service__department__site",
            "session__location",
            "location",
        )


class QueueEntry(PublicId):
    """Somebody who has arrived and waits for a session: the ticket. Each belongs to one appointment, so that every
    place stays accounted for; who walks in gets a booking first."""

    appointment = models.ForeignKey(
        "scheduling.Appointment", models.PROTECT, related_name="queue_entries", verbose_name=_("appointment")
    )
    session = models.ForeignKey(
        "scheduling.Session", models.PROTECT, related_name="queue", verbose_name=_("waits for session")
    )
    day = models.DateField(_("day"))
    series = models.ForeignKey(
        "directory.Department", models.PROTECT, related_name="+", verbose_name=_("tickets of department")
    )
    number = models.PositiveSmallIntegerField(_("ticket number"))
    kind = models.CharField(_("kind of visit"), max_length=8, choices=VisitKind, default=VisitKind.BOOKED)
    priority = models.CharField(_("priority"), max_length=8, choices=Priority, default=Priority.NONE, blank=True)
    arrived_at = models.DateTimeField(_("arrived at"))  # or came back at; the first time stands in the history
    turn_at = models.DateTimeField(_("turn"), help_text=_("Lower comes first; made from times by the queue's rule."))
    state = models.CharField(_("state"), max_length=8, choices=QueueState, default=QueueState.WAITING)
    location = models.ForeignKey(
        "directory.Location",
        models.PROTECT,
        related_name="+",
        verbose_name=_("called to room"),
        null=True,
        blank=True,
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("checked in by"))

    objects = QueueEntryQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-day", "number"]
        permissions = [("call_queueentry", _("Can call patients and note how visits went"))]
        constraints = [
            models.UniqueConstraint(fields=["series", "day", "number"], name="one_ticket_per_number_and_day"),
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(state__in=LIVE), name="one_live_ticket_per_appointment"
            ),
            models.CheckConstraint(condition=Q(state__in=QueueState.values), name="queue_state_known"),
            models.CheckConstraint(condition=Q(kind__in=VisitKind.values), name="queue_kind_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="queue_priority_known"),
            models.CheckConstraint(condition=Q(number__gte=1), name="ticket_number_positive"),
        ]
        indexes = [
            models.Index(fields=["session", "state", "turn_at"], name="queue_by_session"),
        ]

    def __str__(self) -> str:
        return self.ticket

    @property
    def ticket(self) -> str:
        """What is called out and shown: a number of the department's day, three digits at least."""
        return f"{self.number:03d}"

    @property
    def tone(self) -> str:
        """The badge's colour."""
        return STATE_TONE[self.state]


class Call(models.Model):
    """Somebody was called to a room: what a waiting-room display shows and says. Never changed."""

    entry = models.ForeignKey(QueueEntry, models.CASCADE, related_name="calls", verbose_name=_("ticket"))
    location = models.ForeignKey(
        "directory.Location", models.PROTECT, related_name="+", verbose_name=_("room"), null=True, blank=True
    )
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    request_key = models.CharField(_("request key"), max_length=100, blank=True, editable=False)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "request_key"], condition=~Q(request_key=""), name="one_call_per_request_key"
            )
        ]
        indexes = [models.Index(fields=["location", "-id"], name="call_by_room")]

    def __str__(self) -> str:
        return str(self.entry)
