"""Channel devices and their keys: made, rotated, revoked."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import UnknownChannel
from accounts.models import Channel, ChannelKey, Device, User
from accounts.models.device import DEVICE_CHANNELS
from accounts.models.user import Kind
from common import clock
from common.history import acting

USE_RECORDED_EVERY = dt.timedelta(minutes=1)  # last use is for people; a write per request would cost a tenth


def default_rights(channel: str) -> dict[str, bool]:
    """What a new key of `channel` may do: our own channels know patients, a partner sees only its own bookings."""
    own = channel != Channel.PARTNER
    return {"may_read_patients": own, "may_register": True, "sees_all_bookings": own}


@transaction.atomic
def register(*, name: str, channel: str, sees_all_sites: bool = True) -> Device:
    """The device called `name`, made when there is none. Raises UnknownChannel."""
    if channel not in [known.value for known in DEVICE_CHANNELS]:
        raise UnknownChannel(channel=channel, known=", ".join(known.value for known in DEVICE_CHANNELS))
    device = Device.objects.filter(name=name).first()
    if device is None:
        user = User(username=f"device:{name}"[:150], name=name, kind=Kind.DEVICE, sees_all_sites=sees_all_sites)
        user.set_unusable_password()
        user.save()
        device = Device.objects.create(name=name, channel=channel, user=user)
    return device


@transaction.atomic
def move_address(device: Device, *, by: User) -> Device:
    """A new public id, which is the address of a kiosk's page; whoever knows only the old one is shut out."""
    with acting(by, _("New address")):
        device.uuid = uuid.uuid4()
        device.save(update_fields=["uuid"])
    return device


def create_key(device: Device, **rights: bool) -> tuple[ChannelKey, str]:
    """A new key for `device` and its secret, which is shown once and stored only as a hash."""
    return ChannelKey.objects.create_key(
        device=device, name=device.name[:50], **(default_rights(device.channel) | rights)
    )


@transaction.atomic
def rotate(key: ChannelKey, *, grace_hours: int = 24) -> tuple[ChannelKey, str]:
    """A successor with the same rights; the old key stays valid for `grace_hours`, so that nobody is cut off."""
    rights = ("may_search", "may_book", "may_read_patients", "may_register", "sees_all_bookings")
    fresh = create_key(key.device, **{right: getattr(key, right) for right in rights})
    key.expiry_date = clock.now() + dt.timedelta(hours=grace_hours)
    key.save(update_fields=["expiry_date"])
    return fresh


def revoke(key: ChannelKey) -> None:
    """The key opens nothing from now on; this cannot be undone."""
    key.revoked = True
    key.save(update_fields=["revoked"])


def note_use(key: ChannelKey, at: dt.datetime) -> None:
    """Remember that `key` was used, at most once a minute."""
    if key.last_used_at is None or at - key.last_used_at >= USE_RECORDED_EVERY:
        ChannelKey.objects.filter(pk=key.pk).update(last_used_at=at)
