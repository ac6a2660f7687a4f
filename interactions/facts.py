"""What the page of a task says about the row that the task is about.

A floor above registers what it knows of its own rows: `register("delivery", facts_of_delivery)`.
"""

from typing import Any, Protocol

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common import shown
from common.admin import link_to
from interactions.models import Task, TaskKind
from patients.models import Patient
from scheduling import seeing

APPOINTMENT = "appointment"  # about_kind of a task about a booking

Fact = tuple[Any, Any]  # a label, and its value in the reader's language


class Facts(Protocol):
    """What `user` may know of the row that `task` is about; nothing when they may not see it."""

    def __call__(self, *, task: Task, user: User) -> list[Fact]: ...


TO_DO = {
    TaskKind.CHECK_IDENTITY: gettext_lazy(
        "Compare name, birth date and documents; call if you are not sure. One person: merge the records, then close "
        "as “Done as asked”. Two people: close as “Not needed”."
    ),
    TaskKind.PRIVACY: gettext_lazy(
        "Ask for a document, or call the phone on the record, before you change anything. Then do what was asked, or "
        "tell the person why not, and close. Medical records must be kept for the years that the law sets. Write "
        "down in the note what you told them."
    ),
}
_known: dict[str, Facts] = {}


def register(about_kind: str, facts: Facts) -> Facts:
    """Make known who speaks for rows of this kind. The same kind again replaces it."""
    _known[about_kind] = facts
    return facts


def of(task: Task, user: User) -> list[Fact]:
    """What is known of the row that the task is about."""
    known = _known.get(task.about_kind)
    about = known(task=task, user=user) if known and task.about_id else []
    return [*_to_do(task), *of_records(task=task, user=user), *about]


def _to_do(task: Task) -> list[Fact]:
    return [(_("What to do"), TO_DO[task.kind])] if task.kind in TO_DO else []


def of_records(*, task: Task, user: User) -> list[Fact]:
    """The records that may be the same person's, and the way to compare each."""
    if task.kind != TaskKind.CHECK_IDENTITY or task.patient is None:
        return []
    numbers = str(task.why_values.get("records", "")).split(", ")
    rows = Patient.objects.visible_to(user).filter(record_number__in=numbers).select_related("merged_into")
    others = dict.fromkeys(row.merged_into or row for row in rows.order_by("pk"))  # merged meanwhile: the kept one
    others.pop(task.patient, None)
    return [(_("Perhaps the same"), _compared(task.patient, other, user)) for other in others]


def _compared(patient: Patient, other: Patient, user: User) -> Any:
    page = link_to(other, f"{other.name} · {shown.birth(other.birth_date, other.age())} · {other.record_number}")
    if not user.has_perm("patients.merge_patient"):
        return page
    address = reverse("admin:patients_patientmerge_preview", args=[other.uuid, patient.uuid])
    return format_html('{} · <a class="crm-link" href="{}">{}</a>', page, address, _("Compare and merge"))


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
