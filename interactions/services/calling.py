"""The numbers that somebody who has a task calls."""

from django.db.models import QuerySet

from accounts.models import User
from interactions.errors import NotYours, NumberMissing
from interactions.models import Task, TaskState
from patients.models import ContactPoint
from patients.services import revealing


def phones_of(task: Task) -> QuerySet[ContactPoint]:
    """The patient's phones that are in use, those that may be called first; none of an unknown sender."""
    rows = ContactPoint.objects.live().phones().filter(patient=task.patient_id)
    return rows.order_by("failed_at", "refused_at", "rank", "pk") if task.patient_id else rows.none()


def reveal(*, task: Task, contact_point: ContactPoint, by: User, ip: str | None = None) -> str:
    """The number in clear, for who has the task; the task is the reason that is written down.

    Raises NotYours, NumberMissing, NotAllowed.
    """
    if task.state != TaskState.TAKEN or task.owner_id != by.pk:
        raise NotYours
    if contact_point.patient_id != task.patient_id:
        raise NumberMissing(field="contact_point")
    return revealing.reveal_contact(contact_point, by=by, reason=task.get_kind_display(), ip=ip)
