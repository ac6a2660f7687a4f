"""Who acts when a patient presses a button: the portal itself, bound by the patient's own limits."""

from accounts.models import Channel
from accounts.services.actors import portal_user
from scheduling.services.origin import Origin


def origin(key: str = "", digest: str = "") -> Origin:
    """key: of a form that may be posted twice; digest: what it said."""
    return Origin(portal_user(), Channel.PORTAL, key, digest)
