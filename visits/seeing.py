"""Which rows of the queue a person may look at on a screen: their scope, and for a clinician their own sessions."""

from django.db.models import QuerySet

from accounts.models import User
from scheduling import seeing
from visits.models import Call, Encounter, QueueEntry


def entries(user: User) -> QuerySet[QueueEntry]:
    """Tickets that `user` may see."""
    rows = QueueEntry.objects.visible_to(user)
    return rows.filter(session__practitioner__user=user.pk) if seeing.sees_only_own(user) else rows


def encounters(user: User) -> QuerySet[Encounter]:
    """Encounters that `user` may see."""
    rows = Encounter.objects.visible_to(user)
    return rows.filter(practitioner__user=user.pk) if seeing.sees_only_own(user) else rows


def calls(user: User) -> QuerySet[Call]:
    """Calls of those tickets."""
    return Call.objects.filter(entry__in=entries(user))
