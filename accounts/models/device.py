from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework_api_key.models import AbstractAPIKey, APIKeyManager

from common.history import HistoricalRecords
from common.models import PublicId


class Channel(models.TextChoices):
    """Through which door a booking came. The values are stored and appear in the API."""

    DESK = "desk", _("Front desk")
    PHONE = "phone", _("Phone")
    PORTAL = "portal", _("Patient portal")
    MINIAPP = "miniapp", _("Mini-program")
    KIOSK = "kiosk", _("Kiosk")
    PARTNER = "partner", _("Partner system")
    SMS = "sms", _("Text message")
    ASSISTANT = "assistant", _("Assistant")
    IMPORT = "import", _("Import")
    SYSTEM = "system", _("The system itself")


DEVICE_CHANNELS = (Channel.PORTAL, Channel.PHONE, Channel.KIOSK, Channel.MINIAPP, Channel.PARTNER)


class Device(PublicId):
    """Another system or machine that uses the pool: a phone menu, a kiosk, a mini-program, a partner's system."""

    name = models.CharField(pgettext_lazy("thing", "name"), max_length=80, unique=True)
    channel = models.CharField(_("channel"), max_length=12, choices=[(c.value, c.label) for c in DEVICE_CHANNELS])
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="device", verbose_name=_("acts as"), editable=False
    )
    is_active = models.BooleanField(_("in use"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("channel device")
        verbose_name_plural = _("channel devices")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__in=[c.value for c in DEVICE_CHANNELS]), name="device_channel_known"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ChannelKeyManager(APIKeyManager):
    def assign_key(self, key: "ChannelKey") -> str:
        """The library's id holds the hash, and ids stand in addresses: ours is what the key begins with, and unique."""
        secret = super().assign_key(key)
        key.id = key.prefix
        return secret

    def get_usable_keys(self) -> models.QuerySet:
        """Keys that open the door now, with all that a request needs to know about them in one statement."""
        usable = self.filter(revoked=False, device__is_active=True, device__user__is_active=True)
        return usable.select_related("device__user")


class ChannelKey(AbstractAPIKey):
    """A secret with which a device speaks to the API, shown once. Two may be valid at a time, for rotation."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="keys", verbose_name=_("device"))
    may_search = models.BooleanField(_("may look for free places"), default=True)
    may_book = models.BooleanField(_("may book, move and cancel"), default=True)
    may_read_patients = models.BooleanField(_("may look up patients"), default=False)
    may_register = models.BooleanField(_("may register patients"), default=False)
    sees_all_bookings = models.BooleanField(
        _("sees bookings of other channels"), default=False, help_text=_("Otherwise only those that it made itself.")
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    objects = ChannelKeyManager()
    history = HistoricalRecords(excluded_fields=["hashed_key", "last_used_at"])

    class Meta(AbstractAPIKey.Meta):
        verbose_name = _("channel key")
        verbose_name_plural = _("channel keys")

    def __str__(self) -> str:
        return f"{self.device} · {self.prefix}…"
