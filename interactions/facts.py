"""What the page of a task says about the row that the task is about.

A floor above registers what it knows of its own rows: `register("delivery", facts_of_delivery)`.
"""

from typing import Any, Protocol

from django.utils.translation import gettext as _

from accounts.models import User
from common import shown
from common.admin import link_to
from interactions.models import Task
from scheduling import seeing

APPOINTMENT = "appointment"  # about_kind of a task about a booking

Fact = tuple[Any, Any]  # a label, and its value in the reader's language


class Facts(Protocol):
    """What `user` may know of the row that `task` is about; nothing when they may not see it."""

    def __call__(self, *, task: Task, user: User) -> list[Fact]: ...


_known: dict[str, Facts] = {}


def register(about_kind: str, facts: Facts) -> Facts:
    """Make known who speaks for rows of this kind. The same kind again replaces it."""
    _known[about_kind] = facts
    return facts


def of(task: Task, user: User) -> list[Fact]:
    """What is known of the row that the task is about."""
    known = _known.get(task.about_kind)
    return known(task=task, user=user) if known and task.about_id else []


def of_booking(*, task: Task, user: User) -> list[Fact]:
    """When, with whom, where, and what has become of it, with the way to its page."""
    booking = seeing.appointments(user).for_desk().filter(pk=task.about_id).first()
    if booking is None:
        return []
    session = booking.slot.session
    return [
        (_("Visit"), link_to(booking, shown.moment(booking.starts_at))),
        (_("Practitioner"), session.practitioner),
        (_("Service"), f"{booking.slot.service} · {booking.slot.service.department}"),
        (_("Room"), session.location or shown.MISSING),
        (_("Status"), booking.get_status_display()),
    ]


register(APPOINTMENT, of_booking)
