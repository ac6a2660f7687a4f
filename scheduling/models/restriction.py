"""Who may not book by themselves for a time, by which policy, and what they say against it."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.history import HistoricalRecords
from common.models import PublicId
from scheduling.models.noshow_policy import LONGEST_DAYS


class Outcome(models.TextChoices):
    UPHELD = "upheld", _("The restriction stays")
    LIFTED = "lifted", _("The restriction is lifted")


class State(models.TextChoices):
    """Derived, see `BookingRestriction.state`."""

    STANDING = "standing", _("Restricted")
    APPEALED = "appealed", _("Suspended: appeal to decide")
    LIFTED = "lifted", _("Lifted")
    OVER = "over", _("Expired")


RESTRICTION_TONE = {State.STANDING: "danger", State.APPEALED: "warning", State.LIFTED: "success", State.OVER: "default"}


class BookingRestrictionQuerySet(models.QuerySet):
    def running(self, at: dt.datetime) -> models.QuerySet:
        """Neither lifted nor expired; an appeal may suspend it."""
        return self.filter(lifted_at=None, until__gt=at)

    def appealed(self) -> models.QuerySet:
        """Somebody objects, and nobody has decided yet."""
        return self.filter(appealed_at__isnull=False, decided_at=None)

    def standing(self, at: dt.datetime) -> models.QuerySet:
        """Those that keep people from booking."""
        return self.running(at).exclude(appealed_at__isnull=False, decided_at=None)


class BookingRestriction(PublicId):
    """A patient may not book by themselves from a moment until another, by one version of the policy.

    A person imposes it, never a job. An appeal suspends it until somebody else decides. It never keeps anybody from
    urgent care. `Patient.barred_until` repeats its end while it stands, so that booking asks no further question.
    """

    patient = models.ForeignKey(
        "patients.Patient", models.PROTECT, related_name="restrictions", verbose_name=_("patient"), db_index=False
    )
    policy = models.ForeignKey(
        "scheduling.NoShowPolicy", models.PROTECT, related_name="restrictions", verbose_name=_("policy")
    )
    absences = models.ManyToManyField(
        "scheduling.Absence", related_name="restrictions", verbose_name=_("rests on"), editable=False
    )
    starts_at = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("imposed by"), db_index=False
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("lifted by"), null=True, blank=True,
        db_index=False,
    )  # fmt: skip
    lift_reason = models.CharField(_("lifted because"), max_length=200, blank=True)

    appealed_at = models.DateTimeField(_("appeal received"), null=True, blank=True)
    appeal_text = models.TextField(_("appeal"), max_length=1000, blank=True)
    appeal_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("appeal recorded by"), null=True,
        blank=True, db_index=False,
    )  # fmt: skip
    appeal_due_at = models.DateTimeField(_("to be decided until"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("decided by"), null=True,
        blank=True, db_index=False,
    )  # fmt: skip
    outcome = models.CharField(_("decision"), max_length=8, choices=Outcome, blank=True)
    decision_reason = models.CharField(_("reason of the decision"), max_length=200, blank=True)

    objects = BookingRestrictionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("booking restriction")
        verbose_name_plural = _("booking restrictions")
        ordering = ["-starts_at", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("starts_at")), name="restriction_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(until__lte=F("starts_at") + dt.timedelta(days=LONGEST_DAYS)),
                name="restriction_not_too_long",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, lift_reason="")
                | Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason=""),
                name="restriction_lifted_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(appealed_at=None, appeal_text="", appeal_by=None, appeal_due_at=None)
                | Q(appealed_at__isnull=False, appeal_by__isnull=False, appeal_due_at__gt=F("appealed_at"))
                & ~Q(appeal_text=""),
                name="restriction_appeal_has_a_due_date",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, outcome="", decision_reason="")
                | Q(decided_at__isnull=False, appealed_at__isnull=False, decided_by__isnull=False)
                & Q(outcome__in=Outcome.values)
                & ~Q(decision_reason="")
                & ~Q(decided_by=F("by")),
                name="restriction_decided_by_somebody_else",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-until"], name="restriction_by_patient"),
            models.Index(
                fields=["appeal_due_at"], condition=Q(appealed_at__isnull=False, decided_at=None), name="appeal_by_due"
            ),
        ]
        permissions = [
            ("impose_bookingrestriction", _("Can restrict patients by the policy on missed visits and lift it")),
            ("appeal_bookingrestriction", _("Can record an appeal against a restriction")),
            ("decide_bookingrestriction", _("Can decide an appeal against a restriction")),
            ("book_restricted", _("Can book for a restricted patient with a reason")),
        ]

    def __str__(self) -> str:
        return str(self.patient)

    def state(self, at: dt.datetime) -> State:
        """Where it stands at that moment."""
        if self.lifted_at:
            return State.LIFTED
        if self.until <= at:
            return State.OVER
        return State.APPEALED if self.has_open_appeal else State.STANDING

    @property
    def has_open_appeal(self) -> bool:
        """Somebody objects, and nobody has decided yet."""
        return self.appealed_at is not None and self.decided_at is None
