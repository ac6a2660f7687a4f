"""The way to a booking: for whom, what, with whom, when. It stands in the address, so Back and bookmarks work."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import reverse

from common import clock
from common.ids import read_uuid
from directory.models import HealthcareService, Practitioner
from patients.models import Patient
from portal import acting
from scheduling.models import Appointment
from scheduling.services.free_places import Wish

DOCTOR = "doctor"  # in the query: with this practitioner only
AHEAD = dt.timedelta(days=120)  # how far days are looked for; the roster ends before


@dataclass(frozen=True)
class Journey:
    """For whom, and what was chosen so far. doctor: None for whoever has time."""

    who: Patient
    service: HealthcareService
    doctor: Practitioner | None = None

    def wish(self, first: dt.date, last: dt.date | None = None, limit: int = 50) -> Wish:
        """The places that fit, between two days."""
        doctor = self.doctor.uuid if self.doctor else None
        return Wish(first, last or first + AHEAD, service=self.service.uuid, practitioner=doctor, limit=limit)

    def dates(self) -> str:
        """The address of the page with days."""
        return reverse("portal:dates", args=[self.who.uuid, self.service.uuid]) + self._with_doctor()

    def times(self, day: dt.date) -> str:
        """The address of the page with the times of a day."""
        return reverse("portal:times", args=[self.who.uuid, self.service.uuid, day.isoformat()]) + self._with_doctor()

    def _with_doctor(self) -> str:
        return f"?{DOCTOR}={self.doctor.uuid}" if self.doctor else ""


def person(request: HttpRequest, who: UUID) -> Patient:
    """Themselves or somebody they act for. Raises Http404 for anybody else, known or not."""
    visitor = request.visitor
    if visitor.person.uuid == who:  # nearly always; the family need not be read then
        return visitor.person
    for one in visitor.people:
        if one.uuid == who:
            return one
    raise Http404


def read(request: HttpRequest, who: UUID, service: UUID) -> Journey:
    """What the address says. Raises Http404."""
    found = HealthcareService.objects.select_related("department__site").filter(uuid=service, is_active=True).first()
    if found is None:
        raise Http404
    return Journey(person(request, who), found, _doctor(request.GET.get(DOCTOR, "")))


def _doctor(text: str) -> Practitioner | None:
    uuid = read_uuid(text) if text else None
    found = Practitioner.objects.filter(uuid=uuid, is_active=True).first() if uuid else None
    if text and found is None:
        raise Http404
    return found


def of_hold(held: Appointment) -> Journey:
    """The way that led to a kept place, with its own practitioner."""
    return Journey(held.patient, held.slot.service, held.slot.session.practitioner)


def held_for(person: Patient) -> Appointment | None:
    """The place that the portal keeps for them now while they decide."""
    rows = Appointment.objects.holds_of(acting.origin().by, clock.now()).filter(patient=person)
    return rows.order_by("-pk").first()


def hold_of(request: HttpRequest, uuid: UUID) -> Appointment:
    """A place kept, now or before, for the visitor or somebody they act for. Raises Http404."""
    found = Appointment.objects.for_desk().filter(uuid=uuid, by=acting.origin().by, patient__isnull=False).first()
    if found is None:
        raise Http404
    person(request, found.patient.uuid)
    return found
