"""Through which door patients act by themselves."""

from django.core.cache import cache

from accounts.models import Channel, User
from accounts.services.actors import portal_user
from scheduling.services.origin import Origin, digest_of

SECONDS = 60  # each page asks who it is, and it is always the same


def user() -> User:
    """The user behind the portal, as it was up to a minute ago."""
    return cache.get_or_set("portal_user", portal_user, SECONDS)


def origin(key: str = "", *said: object) -> Origin:
    """key: names one act, so that a form that is posted twice acts once; said: what the form asked for."""
    return Origin(user(), Channel.PORTAL, key, digest_of(*said) if key else "")
