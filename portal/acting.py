"""Through which door patients act by themselves."""

from accounts.models import Channel
from accounts.services.actors import portal_user
from scheduling.services.origin import Origin, digest_of


def origin(key: str = "", *said: object) -> Origin:
    """key: names one act, so that a form that is posted twice acts once; said: what the form asked for."""
    return Origin(portal_user(), Channel.PORTAL, key, digest_of(*said) if key else "")
