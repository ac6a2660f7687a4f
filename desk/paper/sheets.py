"""What stands on a day list: one sheet for each practitioner and department, with every place of the day."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common import shown
from desk.cells import Cell, cells
from directory.models import Department, Practitioner
from scheduling import seeing
from scheduling.models import Appointment, AppointmentStatus, SessionStatus

SPARE = 6  # empty lines at the end of a sheet, for who comes without a booking


@dataclass(frozen=True)
class Row:
    """A place: who has it, or nobody, or why nobody can. Phones are masked."""

    time: str
    place: str
    reference: str = ""
    name: str = ""
    born: str = ""
    phone: str = ""
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """A practitioner's day in one department."""

    day: dt.date
    department: Department
    practitioner: Practitioner
    rooms: list[str]
    rows: list[Row]


def of_day(user: User, day: dt.date, *, department: Department | None = None, at: dt.datetime) -> list[Sheet]:
    """The sheets that `user` may see, by department and practitioner; few statements, however many sheets."""
    slots = seeing.slots(user).filter(session__day=day).exclude(session__status=SessionStatus.CANCELLED)
    if department:
        slots = slots.filter(service__department=department)
    found = sorted(cells(slots, at, _with_patients, whole=True), key=_order)
    return [_sheet(day, list(some)) for _key, some in groupby(found, key=lambda cell: _order(cell)[:4])]


def _with_patients(rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Paper says more of a patient than the screen."""
    return rows.select_related("patient").prefetch_related("patient__contact_points")


def _order(cell: Cell) -> tuple[Any, ...]:
    department, person = cell.slot.service.department, cell.slot.session.practitioner
    return department.site_id, department.code, person.name_pinyin, person.pk, cell.slot.starts_at


def _sheet(day: dt.date, found: list[Cell]) -> Sheet:
    first = found[0].slot
    rooms = dict.fromkeys(str(cell.slot.session.location) for cell in found if cell.slot.session.location)
    rows = [row for cell in found for row in _rows(cell)]
    return Sheet(day, first.service.department, first.session.practitioner, list(rooms), rows)


def _rows(cell: Cell) -> Iterator[Row]:
    time = shown.time(cell.slot.starts_at)
    for booking in cell.bookings:
        yield _taken(time, booking)
    note = _("closed") if cell.state in ("stopped", "blocked") else ""
    used = {booking.place for booking in cell.bookings}
    for place in (place for place in range(1, cell.slot.capacity + 1) if place not in used):
        yield Row(time, str(place), note=note)


def _taken(time: str, booking: Appointment) -> Row:
    place = f"{booking.place}{'+' if booking.is_overbooked else ''}"
    patient = booking.patient
    if patient is None:
        return Row(time, place, note=_("held until %(time)s") % {"time": shown.time(booking.held_until)})
    state = "" if booking.status == AppointmentStatus.BOOKED else booking.get_status_display()
    born = f"{patient.get_sex_display()} {shown.birth(patient.birth_date, patient.age())}"
    return Row(time, place, str(booking), patient.name, born, patient.phone_masked, state)
