"""What a person of the house must do for a patient."""

import datetime as dt

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock
from common.history import HistoricalRecords
from common.models import PublicId
from directory.models.scope import ScopedQuerySet


class TaskKind(models.TextChoices):
    CALL_UNREACHED = "call_unreached", _("Reach the patient")
    CALL_RISK = "call_risk", _("Call: may not come")
    CALL_STOPPAGE = "call_stoppage", _("Tell of the stopped clinic")
    CALL_MISSED = "call_missed", _("Visit was missed")
    CALL_OFFER = "call_offer", _("Offer a free place")
    READ_ANSWER = "read_answer", _("Read an answer")
    DECIDE_APPEAL = "decide_appeal", _("Decide an appeal")
    CHECK_MESSAGE = "check_message", _("Message of unknown outcome")
    CHECK_IDENTITY = "check_identity", _("Compare two records")
    PRIVACY = "privacy", _("Answer a privacy request")


class TaskPriority(models.IntegerChoices):
    """What is done first."""

    URGENT = 1, pgettext_lazy("task", "Urgent")
    NORMAL = 2, pgettext_lazy("task", "Normal")
    LOW = 3, pgettext_lazy("task", "When there is time")


class TaskState(models.TextChoices):
    OPEN = "open", pgettext_lazy("task", "Open")
    TAKEN = "taken", pgettext_lazy("task", "Taken")
    DONE = "done", pgettext_lazy("task", "Done")
    DROPPED = "dropped", pgettext_lazy("task", "Not needed any more")


LIVE = (TaskState.OPEN, TaskState.TAKEN)  # somebody must still do it
TONE = {
    TaskState.OPEN: "info",
    TaskState.TAKEN: "primary",
    TaskState.DONE: "success",
    TaskState.DROPPED: "default",
}
PRIORITY_TONE = {
    TaskPriority.URGENT: "danger",
    TaskPriority.NORMAL: "info",
    TaskPriority.LOW: "default",
}
LATE_AFTER = dt.timedelta(minutes=15)  # past the due moment: until then it is simply next
AWAY_AFTER = dt.timedelta(minutes=30)  # without any act of its owner: others may have it


class TaskOutcome(models.TextChoices):
    REACHED = "reached", pgettext_lazy("task", "Reached, told")
    CONFIRMED = "confirmed", pgettext_lazy("task", "Will come")
    MOVED = "moved", pgettext_lazy("task", "Visit moved")
    CANCELLED = "cancelled", pgettext_lazy("task", "Visit cancelled")
    NOT_REACHED = "not_reached", pgettext_lazy("task", "Not reached")
    WRONG_NUMBER = "wrong_number", pgettext_lazy("task", "Wrong number")
    REFUSED = "refused", pgettext_lazy("task", "Does not want it")
    NOT_NEEDED = "not_needed", pgettext_lazy("task", "Not needed")
    DONE = "done", pgettext_lazy("outcome", "Done as asked")
    DECLINED = "declined", pgettext_lazy("outcome", "Not done, and told why")


OF_CALLS = tuple(one for one in TaskOutcome if one not in (TaskOutcome.DONE, TaskOutcome.DECLINED))


class TaskQuerySet(ScopedQuerySet):
    """Tasks of a department are seen by its scope; those without one by everybody who may see tasks."""

    def visible_to(self, user) -> models.QuerySet:
        """Those of the person's scope, and those of no department."""
        return self if user.sees_everything else super().visible_to(user) | self.filter(department=None)

    def open(self) -> models.QuerySet:
        """Nobody has it and somebody must."""
        return self.filter(state=TaskState.OPEN)

    def live(self) -> models.QuerySet:
        """Still to be done, whether somebody has it or not."""
        return self.filter(state__in=LIVE)

    def due(self, at: dt.datetime) -> models.QuerySet:
        """Open, their time has come and is not over."""
        return self.open().filter(Q(expires_at=None) | Q(expires_at__gt=at), due_at__lte=at)

    def late(self, at: dt.datetime) -> models.QuerySet:
        """Still to be done although they were due LATE_AFTER ago."""
        return self.live().filter(due_at__lte=at - LATE_AFTER)

    def done_on(self, day: dt.date) -> models.QuerySet:
        """Done, not dropped, on that day of the hospital's calendar."""
        first, after = clock.day_bounds(day)
        return self.filter(state=TaskState.DONE, closed_at__gte=first, closed_at__lt=after)

    def held_by(self, user) -> models.QuerySet:
        """Those that this person has taken, or has closed."""
        return self.filter(Q(owner=user) | Q(closed_by=user))

    def with_due_first(self, at: dt.datetime) -> models.QuerySet:
        """Each with `is_ahead`: 1 when it is not due yet, to sort by."""
        return self.annotate(is_ahead=Case(When(due_at__gt=at, then=1), default=0))

    def in_turn(self) -> models.QuerySet:
        """The most urgent first, then whichever has been due longest."""
        return self.order_by("priority", "due_at", "pk")

    def about(self, kind: str, pk: int) -> models.QuerySet:
        return self.filter(about_kind=kind, about_id=pk)

    def abandoned(self, at: dt.datetime) -> models.QuerySet:
        """Taken by somebody who has done nothing with it for AWAY_AFTER."""
        return self.filter(state=TaskState.TAKEN, taken_at__lte=at - AWAY_AFTER)

    def expired(self, at: dt.datetime) -> models.QuerySet:
        """Open although their time is over."""
        return self.open().filter(expires_at__lte=at)


class Task(PublicId):
    """Something that somebody of the house must do for a patient: unique by its `key`, so opening twice opens once.

    `why_code` and `why_values` are a sentence of `interactions.reasons`, written in the reader's language when it is
    read. `about_*` names the row of any app that it is about.
    """

    key = models.CharField(_("key"), max_length=120, unique=True, editable=False)
    kind = models.CharField(_("what to do"), max_length=20, choices=TaskKind)
    patient = models.ForeignKey(
        "patients.Patient", models.PROTECT, related_name="tasks", verbose_name=_("patient"), null=True, blank=True,
        help_text=_("Empty: the sender is not known."),
    )  # fmt: skip
    department = models.ForeignKey(
        "directory.Department", models.PROTECT, related_name="tasks", verbose_name=_("department"),
        null=True, blank=True, help_text=_("Empty: everybody who works on tasks sees it."),
    )  # fmt: skip
    about_kind = models.CharField(_("about"), max_length=20, blank=True, editable=False)
    about_id = models.BigIntegerField(_("about number"), null=True, blank=True, editable=False)
    why_code = models.CharField(_("why"), max_length=40)
    why_values = models.JSONField(_("details"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=TaskPriority, default=TaskPriority.NORMAL)
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("too late from"), null=True, blank=True)

    state = models.CharField(_("state"), max_length=8, choices=TaskState, default=TaskState.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who has it"), null=True, blank=True
    )
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    last_try_at = models.DateTimeField(_("last tried"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=TaskOutcome, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    end_code = models.CharField(_("why it was dropped"), max_length=40, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("closed by"), null=True, blank=True
    )

    created_at = models.DateTimeField(_("opened"), default=clock.now)
    objects = TaskQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["priority", "due_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=TaskKind.values), name="task_kind_known"),
            models.CheckConstraint(condition=Q(priority__in=TaskPriority.values), name="task_priority_known"),
            models.CheckConstraint(condition=Q(state__in=TaskState.values), name="task_state_known"),
            models.CheckConstraint(condition=Q(outcome__in=["", *TaskOutcome.values]), name="task_outcome_known"),
            models.CheckConstraint(condition=~Q(why_code=""), name="task_has_a_reason"),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("due_at")), name="task_expires_after_it_is_due"
            ),
            models.CheckConstraint(
                condition=Q(state="taken", owner__isnull=False, taken_at__isnull=False)
                | ~Q(state="taken") & Q(owner=None, taken_at=None),
                name="task_taken_has_an_owner_and_no_other",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, closed_at=None, closed_by=None, outcome="")
                | Q(state__in=("done", "dropped"), closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome=""),
                name="task_closed_says_when_by_whom_and_how",
            ),
        ]
        indexes = [
            models.Index(fields=["priority", "due_at"], condition=Q(state="open"), name="task_by_turn"),
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="task_by_expiry"),
            models.Index(fields=["taken_at"], condition=Q(state="taken"), name="task_by_taken"),
            models.Index(fields=["about_kind", "about_id"], name="task_by_about"),
            models.Index(fields=["closed_at"], name="task_by_closed"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.patient}" if self.patient else self.get_kind_display()

    @property
    def tone(self) -> str:
        """The badge's colour."""
        return TONE[self.state]

    @property
    def is_live(self) -> bool:
        """Still to be done."""
        return self.state in LIVE

    def is_late(self, at: dt.datetime) -> bool:
        """Was due LATE_AFTER ago and is still to be done."""
        return self.is_live and self.due_at <= at - LATE_AFTER
