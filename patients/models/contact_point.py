"""How a person is reached."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import masking, phones
from common.history import HistoricalRecords
from common.lookups import prefix_index
from patients.models.patient import Patient
from patients.models.recorded import Recorded, RecordedQuerySet


class ContactSystem(models.TextChoices):
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    WECHAT = "wechat", _("WeChat")
    APP = "app", _("Mobile app")


class ContactUse(models.TextChoices):
    MOBILE = "mobile", _("Mobile")
    HOME = "home", _("Home")
    WORK = "work", _("Work")
    RELATIVE = "relative", _("A relative's")


MASKS = {
    ContactSystem.PHONE: masking.mask_phone,
    ContactSystem.EMAIL: masking.mask_email,
    ContactSystem.WECHAT: masking.mask_text,
    ContactSystem.APP: masking.mask_text,
}


class ContactPointQuerySet(RecordedQuerySet):
    def reachable(self):
        """Those that may be used: not given up by the hospital, not refused by the person, not known to reach nobody;
        best first."""
        return self.live().filter(refused_at=None, failed_at=None).order_by("rank", "pk")

    def phones(self):
        return self.filter(system=ContactSystem.PHONE)


class ContactPoint(Recorded):
    """A phone, an address or an account of one patient. A family may share a phone: then each has a row."""

    merge_leaves_duplicates = True

    patient = models.ForeignKey(
        Patient, models.PROTECT, related_name="contact_points", db_index=False, verbose_name=_("patient")
    )
    system = models.CharField(_("kind"), max_length=8, choices=ContactSystem)
    value = models.CharField(_("number or address"), max_length=254, help_text=_("Phones with country code."))
    tail_reversed = models.CharField(max_length=16, blank=True, editable=False)
    use = models.CharField(_("use"), max_length=8, choices=ContactUse, default=ContactUse.MOBILE)
    rank = models.PositiveSmallIntegerField(_("rank"), default=1, help_text=_("1 is tried first."))
    note = models.CharField(_("note"), max_length=200, blank=True)

    verified_at = models.DateTimeField(_("verified"), null=True, blank=True, editable=False)
    refused_at = models.DateTimeField(_("refused"), null=True, blank=True, editable=False)
    failed_at = models.DateTimeField(_("reaches nobody since"), null=True, blank=True, editable=False)

    history = HistoricalRecords()
    objects = ContactPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "system", "value"], condition=Q(ended_at=None), name="one_contact_point_per_value"
            ),
            models.CheckConstraint(condition=Q(system__in=ContactSystem.values), name="contact_system_known"),
            models.CheckConstraint(
                condition=~Q(system="phone") | Q(value__startswith="+"), name="contact_phone_has_country_code"
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "rank"], name="contact_by_patient"),
            models.Index(fields=["value"], condition=Q(ended_at=None), name="contact_by_value"),
            prefix_index("tail_reversed", name="contact_by_last_digits"),
        ]

    def __str__(self) -> str:
        return f"{self.get_system_display()} {self.masked}"

    @property
    def is_phone(self) -> bool:
        return self.system == ContactSystem.PHONE

    @property
    def may_be_used(self) -> bool:
        """Not refused by the person, and not known to reach nobody."""
        return self.refused_at is None and self.failed_at is None

    @property
    def masked(self) -> str:
        return MASKS[ContactSystem(self.system)](self.value)

    def reach_at(self, value: str) -> None:
        """Set a value that is in stored form, and the digits by whose end a phone is found. The caller saves."""
        self.value = value
        self.tail_reversed = phones.reversed_digits(value)[:16] if self.is_phone else ""
