"""Which rows of the pool a person may look at on a screen: their scope, and for a clinician their own sessions.

Faces look rows up through these functions, so what is not to be seen is simply not there. Services check the scope
once more for themselves.
"""

from django.db.models import QuerySet

from accounts.models import User
from accounts.services import roles
from scheduling.models import Appointment, Session, Slot, WaitlistEntry, WaitlistOffer


def sees_only_own(user: User) -> bool:
    """True for a clinician, who sees their own sessions and nobody else's."""
    return roles.has_only(user, "clinician")


def _own(rows: QuerySet, user: User, path: str) -> QuerySet:
    return rows.filter(**{path: user.pk}) if sees_only_own(user) else rows


def sessions(user: User) -> QuerySet[Session]:
    """Sessions that `user` may see."""
    return _own(Session.objects.visible_to(user), user, "practitioner__user")


def slots(user: User) -> QuerySet[Slot]:
    """Slots of those sessions that are in the roster."""
    return _own(Slot.objects.in_roster().visible_to(user), user, "session__practitioner__user")


def appointments(user: User) -> QuerySet[Appointment]:
    """Bookings and holds on those slots."""
    return _own(Appointment.objects.visible_to(user), user, "slot__session__practitioner__user")


def waiting(user: User) -> QuerySet[WaitlistEntry]:
    """Waiting-list entries of the departments in the person's scope."""
    return WaitlistEntry.objects.visible_to(user)


def offers(user: User) -> QuerySet[WaitlistOffer]:
    """Offers made to those entries."""
    return WaitlistOffer.objects.filter(entry__in=waiting(user).order_by().values("pk"))
