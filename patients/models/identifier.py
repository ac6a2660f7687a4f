"""Numbers that others gave to a person: sealed at rest, masked on screen, found by a keyed fingerprint."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import masking, sealing
from common.history import HistoricalRecords
from common.lookups import prefix_index
from patients.models.finding import IDENTIFIER_PURPOSE, plain_identifier
from patients.models.patient import Patient
from patients.models.recorded import Recorded, RecordedQuerySet

TAIL = 6  # characters of a long number by whose end it may be searched


class IdentifierSystem(models.TextChoices):
    RESIDENT_ID = "resident_id", _("Resident identity card")
    PASSPORT = "passport", _("Passport")
    TRAVEL_PERMIT = "travel_permit", _("Travel permit")
    INSURANCE = "insurance", _("Insurance number")
    EXTERNAL = "external", _("Number in another system")
    OTHER = "other", _("Other number")


class IdentifierQuerySet(RecordedQuerySet):
    def with_value(self, value: str):
        """Those with exactly this number, sealed by whichever key."""
        return self.filter(digest__in=sealing.digests(plain_identifier(value), purpose=IDENTIFIER_PURPOSE))


class Identifier(Recorded):
    """One number of one patient: identity card, passport, insurance, or the record number of another system."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="identifiers", verbose_name=_("patient"))
    system = models.CharField(_("kind"), max_length=16, choices=IdentifierSystem)
    issuer = models.CharField(_("issuer"), max_length=60, blank=True, help_text=_("Country, insurer or system."))
    sealed = models.BinaryField(_("number"), editable=False)
    digest = models.CharField(max_length=64, editable=False)
    tail_reversed = models.CharField(max_length=TAIL, blank=True, editable=False)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    history = HistoricalRecords()
    objects = IdentifierQuerySet.as_manager()

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "system", "issuer"], condition=Q(ended_at=None), name="identifier_of_one_patient"
            ),
            models.CheckConstraint(condition=Q(system__in=IdentifierSystem.values), name="identifier_system_known"),
        ]
        indexes = [prefix_index("tail_reversed", name="identifier_tail")]

    def __str__(self) -> str:
        return f"{self.get_system_display()} {self.masked}"

    @property
    def masked(self) -> str:
        """Stars and at most the last four."""
        return masking.mask_identifier(self.tail_reversed[::-1])

    def seal(self, value: str) -> None:
        """Set the number: its sealed form, its fingerprint and the end by which it is searched. The caller saves."""
        plain = plain_identifier(value)
        self.sealed = sealing.seal(plain, purpose=IDENTIFIER_PURPOSE)
        self.digest = sealing.digest(plain, purpose=IDENTIFIER_PURPOSE)
        self.tail_reversed = plain[::-1][: _tail_length(plain)]

    def unsealed(self) -> str:
        """The number in clear. Only `services.revealing` shows it to anybody. Raises sealing.CannotUnseal."""
        return sealing.unseal(self.sealed, purpose=IDENTIFIER_PURPOSE)


def _tail_length(plain: str) -> int:
    """A short number must not be given away by its end."""
    return TAIL if len(plain) >= 15 else min(4, len(plain) // 2)
