"""Everything that the desk asks of a patient, read for one panel. Statements do not grow with visits."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from accounts.models import User
from common import clock
from messaging.services import timeline
from messaging.services.timeline import Said
from patients.models import Consent, Patient, RelatedPerson
from patients.models.consent import Purpose
from scheduling import seeing
from scheduling.models import OPEN, Appointment, AppointmentStatus, WaitlistEntry

YEAR = dt.timedelta(days=365)
PAST = 10  # visits shown; the others stand in the list behind “All visits”
NAMESAKES = 5
MESSAGES = 5
ENDED = (AppointmentStatus.FULFILLED, AppointmentStatus.NOSHOW, AppointmentStatus.CANCELLED)


@dataclass(frozen=True)
class Namesake:
    """Somebody who could be mistaken for the patient."""

    patient: Patient
    is_same_name: bool  # else it only sounds the same


@dataclass(frozen=True)
class Caller:
    """A patient, as far as `user` may see."""

    patient: Patient
    user: User

    @cached_property
    def upcoming(self) -> list[Appointment]:
        """Held, booked and arrived from today on, the next one first; a hold whose time is over is not one."""
        today = clock.day_bounds(clock.today())[0]
        rows = self._bookings.filter(status__in=OPEN, ends_at__gte=today).order_by("starts_at", "pk")
        return [one for one in rows if not one.has_lapsed()]

    @cached_property
    def past(self) -> list[Appointment]:
        """What was before, and what was cancelled, the latest first."""
        rows = self._bookings.filter(status__in=ENDED).order_by("-starts_at", "-pk")
        return list(rows[:PAST])

    @cached_property
    def last(self) -> Appointment | None:
        """The latest visit that took place, else the latest booking that was not a mistake: what is repeated."""
        seen = [one for one in self.past if one.status == AppointmentStatus.FULFILLED]
        return next(iter([*seen, *self.past, *self.upcoming]), None)

    @cached_property
    def missed(self) -> int:
        """How often they did not come in the last twelve months."""
        since = clock.now() - YEAR
        return self._bookings.filter(status=AppointmentStatus.NOSHOW, starts_at__gte=since).count()

    @cached_property
    def waiting(self) -> list[WaitlistEntry]:
        """What they wait for."""
        rows = seeing.waiting(self.user).filter(patient=self.patient, status__in=("waiting", "offered"))
        return list(rows.select_related("service__department", "practitioner").order_by("created_at"))

    @cached_property
    def family(self) -> list[tuple[Patient, RelatedPerson]]:
        """Who acts for them and for whom they act, each once, with the tie."""
        rows = RelatedPerson.objects.current().select_related("patient", "proxy")
        ties = [*rows.filter(patient=self.patient), *rows.filter(proxy=self.patient)]
        others = {tie.proxy if tie.patient_id == self.patient.pk else tie.patient: tie for tie in ties}
        return list(others.items())

    @cached_property
    def consents(self) -> list[tuple[str, Consent | None]]:
        """Each purpose, with the consent that stands or none."""
        live = {one.purpose: one for one in Consent.objects.live().filter(patient=self.patient)}
        return [(str(purpose.label), live.get(purpose)) for purpose in Purpose]

    @cached_property
    def tags(self) -> list:
        """The words that hang on them today."""
        return [one.tag for one in self.patient.patient_tags.current().select_related("tag")]

    @cached_property
    def namesakes(self) -> list[Namesake]:
        """Others of the same name or sound: whose booking is it?"""
        found = Patient.objects.visible_to(self.user).search(self.patient.name, limit=NAMESAKES + 1)
        others = [one for one in found if one.pk != self.patient.pk and one.name_pinyin == self.patient.name_pinyin]
        return [Namesake(one, one.name == self.patient.name) for one in others[:NAMESAKES]]

    @cached_property
    def messages(self) -> list[Said] | None:
        """The last things said to them and by them, their words only where the right is; None without the right."""
        if not self.user.has_perms(("messaging.view_delivery", "messaging.view_inboundmessage")):
            return None
        return timeline.of_patient(self.patient, MESSAGES)

    @property
    def _bookings(self):
        """With what the panel names and no more: each table that is joined is planned anew for every caller."""
        rows = seeing.appointments(self.user).filter(patient=self.patient)
        return rows.select_related("slot__session__practitioner", "slot__service")
