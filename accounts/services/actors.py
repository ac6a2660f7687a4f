"""The users behind what no person does."""

from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.models.user import PORTAL, Kind


def system_user() -> User:
    """The author of nightly jobs, lapsed holds and imports started by a command."""
    defaults = {"kind": Kind.SYSTEM, "name": "System", "is_active": False, "password": make_password(None)}
    user, _created = User.objects.get_or_create(username="system", defaults=defaults)
    return user


def portal_user() -> User:
    """The author of what patients do in the portal; each patient's own limits bind it, and no right is given to it.

    Asked for by its kind too: a member of staff of that name must never lend patients their rights.
    """
    defaults = {"name": "Patient portal", "sees_all_sites": True, "is_active": False, "password": make_password(None)}
    user, _created = User.objects.get_or_create(username=PORTAL, kind=Kind.DEVICE, defaults=defaults)
    return user
