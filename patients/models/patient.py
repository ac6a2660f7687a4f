"""The person: one record for all channels."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock, masking, names, phones
from common.history import HistoricalRecords
from common.models import PublicId
from patients.models import finding
from patients.models.finding import FOUND_AT_MOST


class Sex(models.TextChoices):
    MALE = "male", _("Male")
    FEMALE = "female", _("Female")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Unknown")


class Language(models.TextChoices):
    CHINESE = "zh-hans", _("Chinese")
    ENGLISH = "en", _("English")


class PatientQuerySet(models.QuerySet):
    def active(self):
        """Without records that were merged into another."""
        return self.filter(merged_into=None)

    def visible_to(self, user):
        """A patient belongs to the whole hospital: whoever may see patients may see each of them."""
        return self if user.has_perm("patients.view_patient") else self.none()

    def for_list(self):
        """With what a row on the screen shows: contact points and tags."""
        return self.prefetch_related("contact_points", "patient_tags__tag")

    def with_phone(self, phone: str):
        """Whoever is reached at exactly this number, a family perhaps; nobody if it is no number."""
        try:
            number = phones.normalise(phone)
        except phones.NotAPhone:
            return self.none()
        return self.active().filter(
            contact_points__value=number, contact_points__system="phone", contact_points__ended_at=None
        )

    def with_identifier(self, value: str, *, system: str | None = None):
        """The person with exactly this number; system: only as a passport, only as an insurance number …"""
        matches = {"identifiers__digest__in": finding.identifier_digests(value), "identifiers__ended_at": None}
        if system:
            matches["identifiers__system"] = system
        return self.active().filter(**matches).distinct()

    def search(self, text: str, *, limit: int = FOUND_AT_MOST):
        """The best `limit` matches, best first: by name, pinyin, initials, phone, its last digits, identifier, its end,
        or record number. Reads only from indexes, so it costs the same whatever the number of patients.
        """
        ids = finding.matching_ids(self.model.objects.all(), text, limit=limit)
        return self.active().filter(pk__in=ids).order_by(finding.in_order_of(ids))


class Patient(PublicId):
    """Somebody whom the hospital books, calls and cares for, known by one record across all channels."""

    record_number = models.CharField(_("record number"), max_length=12, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    name_pinyin = models.CharField(_("name in Latin letters"), max_length=64, blank=True, editable=False)
    name_initials = models.CharField(_("initials"), max_length=16, blank=True, editable=False)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex, default=Sex.UNKNOWN)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    deceased_on = models.DateField(_("deceased on"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=Language, default=Language.CHINESE)
    note = models.TextField(_("note"), blank=True, max_length=2000)

    tags = models.ManyToManyField(
        "patients.Tag", through="patients.PatientTag", related_name="patients", verbose_name=_("tags")
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged_records",
        verbose_name=_("merged into"),
    )  # fmt: skip

    # Repeats the end of the restriction that stands (scheduling.services.restrictions is its only writer), because
    # booking locks and reads this row anyway.
    barred_until = models.DateTimeField(_("may not book until"), null=True, blank=True, editable=False)

    created_at = models.DateTimeField(_("registered"), default=clock.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("registered by"),
    )  # fmt: skip
    changed_at = models.DateTimeField(_("last change"), auto_now=True)

    history = HistoricalRecords()
    objects = PatientQuerySet.as_manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        constraints = [
            models.CheckConstraint(condition=Q(sex__in=Sex.values), name="patient_sex_known"),
            models.CheckConstraint(condition=~Q(name=""), name="patient_has_a_name"),
            models.CheckConstraint(
                condition=Q(deceased_on=None) | Q(birth_date=None) | Q(deceased_on__gte=models.F("birth_date")),
                name="patient_dies_after_birth",
            ),
            models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="patient_not_merged_into_itself"),
        ]
        indexes = [
            models.Index(fields=["birth_date"], name="patient_birth_date"),  # read by look-alikes
            models.Index(fields=["-changed_at"], name="patient_changed"),  # the admin's list: latest first
        ]
        permissions = [
            ("reveal_patient", _("Can see identity numbers and phones in clear")),
            ("merge_patient", _("Can merge and unmerge patients")),
            ("verify_patient", _("Can verify who is calling")),
            ("import_patient", _("Can import patients")),
            ("export_patient", _("Can export patients")),
        ]

    def __str__(self) -> str:
        return self.name

    def age(self, on: datetime.date | None = None) -> int | None:
        """Full years on a day, default today at the hospital; None without a birth date or before birth."""
        on = on or clock.today()
        if self.birth_date is None or self.birth_date > on:
            return None
        had_birthday = (on.month, on.day) >= (self.birth_date.month, self.birth_date.day)
        return on.year - self.birth_date.year - (not had_birthday)

    def is_barred(self, at: datetime.datetime | None = None) -> bool:
        """Does a restriction stand at `at` (aware, default now)? Ends by itself, and leaves urgent care open."""
        return self.barred_until is not None and self.barred_until > (at or clock.now())

    @property
    def last_barred_day(self) -> datetime.date | None:
        """The day on which the restriction ends, by the hospital's clock."""
        return clock.local(self.barred_until).date() if self.barred_until else None

    @property
    def is_merged(self) -> bool:
        return self.merged_into_id is not None

    @property
    def name_masked(self) -> str:
        """For screens that the public sees: 张*."""
        return masking.mask_name(self.name)

    @property
    def main_phone(self):
        """The live phone of the first rank, or None. Reads prefetched contact points."""
        live = [point for point in self.contact_points.all() if point.is_phone and point.ended_at is None]
        return min(live, key=lambda point: (not point.may_be_used, point.rank, point.pk), default=None)

    @property
    def phone_masked(self) -> str:
        return self.main_phone.masked if self.main_phone else ""

    def rename(self, name: str) -> None:
        """Set the name and what is derived from it. The caller saves, and replaces the tokens."""
        self.name = names.clean(name)
        self.name_pinyin, self.name_initials = names.pinyin(self.name), names.initials(self.name)
