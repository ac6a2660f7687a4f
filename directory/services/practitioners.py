"""Practitioners: kept findable by the way their name is spoken."""

from accounts.models import User
from common import names
from common.history import acting
from directory.models import Practitioner


def save(practitioner: Practitioner, *, by: User, reason: str = "") -> Practitioner:
    """Store the practitioner with the name in one form and its pinyin, by which the desk finds them."""
    practitioner.name = names.clean(practitioner.name)
    practitioner.name_pinyin = names.pinyin(practitioner.name)
    with acting(by, reason):
        practitioner.save()
    return practitioner
