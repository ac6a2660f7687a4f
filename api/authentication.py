"""Who calls: a channel's device, by the key in `Authorization: Api-Key …`."""

import re

from django.db import models
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import ChannelKey, User
from accounts.services import devices
from api.refusals import KeyInvalid
from common import clock
from common.compiled import Compiled, Given

SCHEME = "Api-Key"
_KEY = re.compile(r"[A-Za-z0-9]{8}\.[A-Za-z0-9]{20,100}")

_usable = Compiled(
    lambda: ChannelKey.objects.get_usable_keys().filter(prefix=Given("prefix", models.CharField())).order_by()
)


class ChannelKeyAuthentication(BaseAuthentication):
    """One SELECT brings key, device and user: `request.auth` is the key, `request.user` who its device acts as."""

    def authenticate(self, request: Request) -> tuple[User, ChannelKey] | None:
        """None when no key was sent. Raises KeyInvalid."""
        scheme, _space, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        key = find_key(secret.strip())
        devices.note_use(key, clock.now())
        return key.device.user, key

    def authenticate_header(self, request: Request) -> str:
        """For `WWW-Authenticate`."""
        return SCHEME


def find_key(secret: str) -> ChannelKey:
    """The usable key with this secret. Raises KeyInvalid, whatever the cause."""
    if not _KEY.fullmatch(secret):
        raise KeyInvalid
    key = _usable.first(prefix=secret.partition(".")[0])
    if key is None or not ChannelKey.objects.key_generator.verify(secret, key.hashed_key) or key.has_expired:
        raise KeyInvalid
    return key
