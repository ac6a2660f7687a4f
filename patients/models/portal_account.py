"""Who signs in to the patient portal."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock, masking
from common.history import HistoricalRecords
from common.models import PublicId
from patients.models.patient import Language, Patient


class Way(models.TextChoices):
    """How an account came to its patient's record."""

    PAPERS = "papers", _("Document, name and birth date")
    PHONE = "phone", _("Phone on record, name and birth date")
    REGISTERED = "registered", _("Registered on the portal")
    STAFF = "staff", _("By staff")


MOST_WRONG = 5  # answers of name and birth date that fit no record with the phone; then a document is asked for


class PortalAccountQuerySet(models.QuerySet):
    def live(self):
        """Those with which somebody can sign in."""
        return self.filter(ended_at=None)

    def visible_to(self, user):
        """Whoever may see patients may see that they use the portal."""
        return self if user.has_perm("patients.view_portalaccount") else self.none()


class PortalAccount(PublicId):
    """A phone that somebody proved to have, and the record that is theirs, once they have shown that it is.

    sessions: rises when everybody who is signed in with it must prove themselves anew.
    """

    merge_leaves_duplicates = True

    phone = models.CharField(_("phone"), max_length=20)
    patient = models.ForeignKey(
        Patient, models.PROTECT, null=True, blank=True, related_name="portal_accounts", verbose_name=_("patient")
    )
    way = models.CharField(_("linked by"), max_length=12, choices=Way, blank=True)
    linked_at = models.DateTimeField(_("linked"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=Language, default=Language.CHINESE)
    wrong_answers = models.PositiveSmallIntegerField(_("wrong answers"), default=0, editable=False)
    sessions = models.PositiveIntegerField(default=1, editable=False)
    signed_in_at = models.DateTimeField(_("last sign-in"), null=True, blank=True)
    created_at = models.DateTimeField(_("first sign-in"), default=clock.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    history = HistoricalRecords(excluded_fields=["signed_in_at"])
    objects = PortalAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("portal account")
        verbose_name_plural = _("portal accounts")
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(fields=["phone"], condition=Q(ended_at=None), name="one_live_account_per_phone"),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(ended_at=None, patient__isnull=False),
                name="one_live_account_per_patient",
            ),
            models.CheckConstraint(
                condition=Q(patient=None, linked_at=None, way="")
                | (Q(patient__isnull=False, linked_at__isnull=False) & ~Q(way="")),
                name="account_linked_with_time_and_way",
            ),
            models.CheckConstraint(condition=Q(way__in=["", *Way.values]), name="account_way_known"),
        ]

    def __str__(self) -> str:
        return self.phone_masked

    @property
    def may_guess(self) -> bool:
        """Does the phone still count as a sign of whose record it is?"""
        return self.wrong_answers < MOST_WRONG

    @property
    def phone_masked(self) -> str:
        return masking.mask_phone(self.phone)
