"""Who may be meant at the counter: bookings of today by whatever finds the patient, and people who have none."""

import datetime as dt

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.models import User
from common import clock
from patients.models import Patient
from scheduling import seeing
from scheduling.models import Appointment, AppointmentStatus

from . import door_codes

PEOPLE = 500  # namesakes that are looked through: all who are called 张伟 in a city of a million
SHOWN = 8
_FIRST = {AppointmentStatus.BOOKED: 0, AppointmentStatus.ARRIVED: 1}  # who can still be checked in comes first


def bookings_of_today(text: str, *, by: User, at: dt.datetime | None = None) -> QuerySet[Appointment]:
    """Bookings of today that `text` may mean: name, pinyin, phone or its end, record number, reference, QR."""
    first, after = clock.day_bounds(clock.today(at))
    people = Patient.objects.visible_to(by).search(text, limit=PEOPLE).order_by().values("pk")
    meant = Q(patient__in=people) | Q(reference=door_codes.reference_in(text))
    rows = seeing.appointments(by).filter(meant, starts_at__gte=first, starts_at__lt=after, patient__isnull=False)
    return rows.for_desk().order_by(_rank(), "starts_at", "pk")


def people_without_booking(text: str, *, by: User, at: dt.datetime | None = None) -> QuerySet[Patient]:
    """Patients whom `text` may mean and who have nothing open today: they would be walk-ins."""
    first, after = clock.day_bounds(clock.today(at))
    today = Appointment.objects.open().filter(starts_at__gte=first, starts_at__lt=after, patient__isnull=False)
    return Patient.objects.visible_to(by).search(text, limit=SHOWN).exclude(pk__in=today.values("patient"))


def _rank() -> Case:
    ranks = [When(status=status, then=Value(rank)) for status, rank in _FIRST.items()]
    return Case(*ranks, default=Value(len(_FIRST)), output_field=IntegerField())
