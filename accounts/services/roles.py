"""Which roles a person has."""

from accounts.models import User


def codes_of(user: User) -> frozenset[str]:
    """The codes of the person's roles, read once per request as Django does with permissions."""
    if not hasattr(user, "_role_codes"):
        user._role_codes = frozenset(user.groups.values_list("name", flat=True))
    return user._role_codes


def has_only(user: User, code: str) -> bool:
    """Is this the person's one role? A superuser is more than any role."""
    return not user.is_superuser and codes_of(user) == {code}
