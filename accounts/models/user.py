from django.contrib.auth.models import AbstractUser, Group, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import ROLES
from common.history import HistoricalRecords
from common.models import PublicId

from .device import Channel

PORTAL = "portal"  # the username behind the patient portal


class Kind(models.TextChoices):
    STAFF = "staff", _("Staff")
    DEVICE = "device", _("Channel or device")
    SYSTEM = "system", _("The system itself")


class User(PublicId, AbstractUser):
    """Whoever acts: a member of staff, a channel's device, or the system. So every change has one author."""

    first_name = None
    last_name = None
    name = models.CharField(_("full name"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.STAFF, editable=False)
    sees_all_sites = models.BooleanField(
        _("sees all sites"),
        default=False,
        help_text=_("Otherwise the person sees only the sites and departments of their scope."),
    )

    objects = UserManager()
    history = HistoricalRecords(excluded_fields=["password", "last_login"], m2m_fields=["groups"])

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        if self.kind == Kind.SYSTEM:
            return str(Kind.SYSTEM.label)  # whatever language its row was made in
        if self.is_patient_portal:
            return str(Channel.PORTAL.label)
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @property
    def sees_everything(self) -> bool:
        """True for the system, for a superuser, and for whoever may see all sites."""
        return self.sees_all_sites or self.is_superuser or self.kind == Kind.SYSTEM

    @property
    def is_patient_portal(self) -> bool:
        """True for the one user through whom all patients act by themselves."""
        return self.kind == Kind.DEVICE and self.username == PORTAL


class Role(Group):
    """What a group of people may do. The eight roles that the product knows come by migration."""

    class Meta:
        proxy = True
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self) -> str:
        return str(ROLES.get(self.name, self.name))
