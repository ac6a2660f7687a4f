"""Who may act for whom, with what proof, how long."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import HistoricalRecords
from patients.models.patient import Patient
from patients.models.recorded import Recorded, RecordedQuerySet


class Relation(models.TextChoices):
    PARENT = "parent", _("Parent")
    CHILD = "child", _("Child")
    SPOUSE = "spouse", _("Spouse")
    SIBLING = "sibling", _("Brother or sister")
    GRANDPARENT = "grandparent", _("Grandparent")
    GRANDCHILD = "grandchild", _("Grandchild")
    GUARDIAN = "guardian", _("Guardian")
    CARER = "carer", _("Carer")
    HELPER = "helper", _("Community helper")
    OTHER = "other", _("Other")


class Proof(models.TextChoices):
    HOUSEHOLD = "household", _("Household register")
    BIRTH = "birth", _("Birth certificate")
    MARRIAGE = "marriage", _("Marriage certificate")
    COURT = "court", _("Court order")
    AUTHORITY = "authority", _("Written authority")
    PRESENT = "present", _("Both were present")
    CODE = "code", _("One-time code to the patient")
    DECLARED = "declared", _("Declared by the guardian on the portal")


class RelatedPersonQuerySet(RecordedQuerySet):
    def current(self, on: datetime.date | None = None):
        """Those in force on a day, default today at the hospital."""
        on = on or clock.today()
        return self.live().filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)

    def overlapping(self, starts_on: datetime.date, ends_on: datetime.date | None):
        rows = self.live().filter(Q(ends_on=None) | Q(ends_on__gte=starts_on))
        return rows.filter(starts_on__lte=ends_on) if ends_on else rows


class RelatedPerson(Recorded):
    """`proxy` acts for `patient`: books, cancels, perhaps sees visits."""

    merge_leaves_duplicates = True

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="proxies", verbose_name=_("acted for"))
    proxy = models.ForeignKey(Patient, models.PROTECT, related_name="acts_for", verbose_name=_("acting person"))
    relation = models.CharField(
        _("relation"), max_length=12, choices=Relation, help_text=_("What the acting person is to the patient.")
    )
    proof = models.CharField(_("proof"), max_length=12, choices=Proof)
    proof_note = models.CharField(_("remark on the proof"), max_length=200, blank=True)
    can_book = models.BooleanField(_("may book and cancel"), default=True)
    can_view = models.BooleanField(_("may see visits"), default=False)
    starts_on = models.DateField(_("from"), default=clock.today)
    ends_on = models.DateField(_("to"), null=True, blank=True, help_text=_("The last day; empty: until ended."))

    history = HistoricalRecords()
    objects = RelatedPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("related person")
        verbose_name_plural = _("related persons")
        constraints = [
            models.CheckConstraint(condition=~Q(patient=F("proxy")), name="proxy_is_somebody_else"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="proxy_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(can_book=True) | Q(can_view=True), name="proxy_has_a_right"),
            models.UniqueConstraint(
                fields=["patient", "proxy"], condition=Q(ends_on=None, ended_at=None), name="one_open_proxy_per_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proxy} → {self.patient}"
