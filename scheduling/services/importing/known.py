"""What earlier files said of the visits of a batch, and what became of them since."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.models import User
from common import clock, names
from patients.models import Patient
from patients.services.importing.loop import CREATED, REPEATED, UPDATED, Stored
from patients.services.importing.rows import BadRow
from scheduling.models import Appointment, AppointmentEvent, AppointmentStatus

from .places import is_called
from .visits import Visit

_NAMED = ("appointment__patient", "slot__session__practitioner", "slot__service__department__site")


class Known:
    """The bookings that bear the keys of a batch; those of rows with other content are read whole."""

    def __init__(self, visits: Sequence[Visit], *, by: User) -> None:
        facts = AppointmentEvent.objects.filter(by=by)
        keys = [key for one in visits for key in (one.key, one.outcome_key)]
        said = dict(facts.filter(request_key__in=keys).values_list("request_key", "request_digest"))
        self._said = {one.key: {said[key] for key in (one.key, one.outcome_key) if key in said} for one in visits}
        other = [one.key for one in visits if self._said[one.key] and one.digest not in self._said[one.key]]
        booked = facts.filter(request_key__in=other).select_related(*_NAMED)
        self._booked = {event.request_key: event for event in booked}

    def compare(self, visit: Visit) -> Stored | BadRow:
        """New, the same again, the same with its outcome, or something else that the row's column is named for."""
        said = self._said[visit.key]
        if not said:
            return CREATED
        if visit.digest in said:
            return REPEATED
        if visit.digest_as_booked in said and self.booking(visit).status == visit.status:
            return REPEATED  # somebody here has recorded it already
        if visit.digest_as_booked in said and self.booking(visit).status == AppointmentStatus.BOOKED:
            return UPDATED
        return visit.row.bad(
            "known_otherwise", _("this appointment is known with other content"), self._differing(visit)
        )

    def booking(self, visit: Visit) -> Appointment:
        """What the row is about, as it stood when the batch was read."""
        return self._booked[visit.key].appointment

    def _differing(self, visit: Visit) -> str:
        """The first field that is not as it was booked; empty when it cannot be told."""
        event = self._booked[visit.key]
        slot, patient = event.slot, event.appointment.patient
        department, doctor = slot.service.department, slot.session.practitioner
        same = {
            **{one.system: _has(patient, one.system, one.value) for one in visit.who.identifiers},
            "name": visit.who.name == patient.name,
            "site": is_called(department.site, visit.site),
            "department": is_called(department, visit.department),
            "service": not visit.service or is_called(slot.service, visit.service),
            "practitioner_code": visit.practitioner_code in ("", doctor.code),
            "practitioner": not visit.practitioner or names.fold(visit.practitioner) == names.fold(doctor.name),
            "day": visit.day == clock.local(slot.starts_at).date(),
            "time": slot.starts_at <= visit.starts_at < slot.ends_at,
            "outcome": visit.status == event.appointment.status,
            "booked_at": not visit.row.text("booked_at") or visit.asked_at == event.at,
        }
        return next((field for field, is_same in same.items() if not is_same), "")


def _has(patient: Patient, system: str, value: str) -> bool:
    return Patient.objects.with_identifier(value, system=system).filter(pk=patient.pk).exists()
