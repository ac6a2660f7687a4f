"""What a patient's name is found by."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import names
from common.lookups import prefix_index
from patients.models.patient import Patient


class TokenKind(models.TextChoices):
    NAME = names.NAME, _("Name")
    PART = names.PART, _("Part of the name")
    PINYIN = names.PINYIN, _("Pinyin")
    INITIALS = names.INITIALS, _("Initials")


class NameToken(models.Model):
    """A word by whose beginning a patient is found: characters, pinyin, initials, given name. Derived, no fact."""

    merge_leaves_duplicates = True

    patient = models.ForeignKey(
        Patient, models.CASCADE, related_name="name_tokens", db_index=False, verbose_name=_("patient")
    )
    token = models.CharField(_("word"), max_length=names.TOKEN_LENGTH)
    kind = models.CharField(_("kind"), max_length=8, choices=TokenKind)

    class Meta:
        verbose_name = _("search word")
        verbose_name_plural = _("search words")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["patient", "token"], name="one_name_token_per_patient")]
        indexes = [prefix_index("token", "=patient", name="name_token_prefix")]

    def __str__(self) -> str:
        return self.token

    @classmethod
    def built_for(cls, patients: Iterable[Patient]) -> list["NameToken"]:
        """The unsaved tokens of saved patients, for a bulk insert."""
        return [
            cls(patient=patient, token=token.text, kind=token.kind)
            for patient in patients
            for token in names.tokens(patient.name)
        ]
