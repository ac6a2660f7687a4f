"""Who is calling: patients found while typing, with what tells them apart."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import User
from common.references import clean_reference
from patients.models import Patient
from scheduling import seeing
from scheduling.models import Appointment, AppointmentStatus

FOUND = 8  # what fits without scrolling


@dataclass(frozen=True)
class Candidate:
    """A patient who may be meant, and whether another one here has the same name or sound."""

    patient: Patient
    has_namesake: bool


def candidates(user: User, text: str) -> list[Candidate]:
    """By name, pinyin, initials, phone or its end, identifier or its end, record number, or booking reference."""
    people = list(_with_last_visit(_meant(user, text)).prefetch_related("contact_points"))[:FOUND] if text else []
    sounds = [one.name_pinyin for one in people]
    return [Candidate(one, sounds.count(one.name_pinyin) > 1) for one in people]


def _meant(user: User, text: str) -> QuerySet[Patient]:
    people = Patient.objects.visible_to(user)
    booked = seeing.appointments(user).filter(reference=clean_reference(text), patient__isnull=False)
    owner = booked.order_by().values_list("patient", flat=True).first() if len(text) >= 6 else None
    return people.filter(pk=owner) if owner else people.search(text, limit=FOUND)


def _with_last_visit(people: QuerySet[Patient]) -> QuerySet[Patient]:
    """With `last_visit`, the start of the latest visit that took place."""
    seen = Appointment.objects.filter(patient=OuterRef("pk"), status=AppointmentStatus.FULFILLED)
    return people.annotate(last_visit=Subquery(seen.order_by("-starts_at").values("starts_at")[:1]))
