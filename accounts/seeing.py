"""Which members of staff, and whose lines of the access log, a person may look at.

What concerns other sites only is not shown to who is limited to some. Who works where is known a floor above, which
tells it here (`told_by`).
"""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from accounts.models import AccessLog, User

Nearness = Callable[[User], Q]
_told: list[Nearness] = []


def told_by(nearness: Nearness) -> Nearness:
    """`nearness(user)` says which users concern the sites of `user`. For the floor that knows sites."""
    _told.append(nearness)
    return nearness


def staff(user: User) -> QuerySet[User]:
    """Everybody for who sees all sites; else themselves and who concerns their sites."""
    rows = User.objects.all()
    if user.sees_everything:
        return rows
    near = Q()
    for nearness in _told:
        near &= nearness(user)
    return rows.filter(near | Q(pk=user.pk))


def accesses(user: User) -> QuerySet[AccessLog]:
    """Lines of those people."""
    rows = AccessLog.objects.all()
    return rows if user.sees_everything else rows.filter(user__in=staff(user).values("pk"))
