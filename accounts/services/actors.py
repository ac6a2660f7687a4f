"""The users behind what no person does."""

from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.models.user import Kind


def system_user() -> User:
    """The author of nightly jobs, lapsed holds and imports started by a command."""
    defaults = {"kind": Kind.SYSTEM, "name": "System", "is_active": False, "password": make_password(None)}
    user, _created = User.objects.get_or_create(username="system", defaults=defaults)
    return user
