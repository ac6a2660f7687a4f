"""Choosing another time for a visit: it is moved there, or, when it did not take place, booked anew."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from portal import acting
from scheduling.models import CLAIMING, Appointment, AppointmentStatus, Slot
from scheduling.services import appointments, barring

OVER = (AppointmentStatus.CANCELLED, AppointmentStatus.NOSHOW, AppointmentStatus.FULFILLED)


class _Do(Protocol):
    def __call__(self, booking: Appointment, slot: Slot, version: int, at: dt.datetime) -> Appointment: ...


@dataclass(frozen=True)
class Act:
    """code: in addresses. check: raises why it cannot be done. do: the act, after which `done` is said."""

    code: str
    days: str
    day: str
    to: str
    heading: Any
    button: Any
    done: str
    check: Any
    do: _Do


def _may_move(booking: Appointment, at: dt.datetime) -> None:
    appointments.require(booking, AppointmentStatus.BOOKED)
    appointments.require_in_time(booking, acting.origin(), at)


def _may_book(booking: Appointment, at: dt.datetime) -> None:
    appointments.require(booking, *OVER)
    barring.check(booking.patient, booking.slot.service, acting.origin(), at)


def _move(booking: Appointment, slot: Slot, version: int, at: dt.datetime) -> Appointment:
    return appointments.move(appointment=booking, slot=slot, origin=acting.origin(), version=version, at=at)


def _book(booking: Appointment, slot: Slot, version: int, at: dt.datetime) -> Appointment:
    return appointments.book(
        patient=booking.patient, slot=slot, origin=acting.origin(), reason=booking.reason, at=at
    )  # fmt: skip


def done_already(booking: Appointment, slot: Slot) -> Appointment | None:
    """The person's visit in that place, when the same button was pressed before."""
    rows = Appointment.objects.filter(patient=booking.patient_id, slot=slot, status__in=CLAIMING)
    return rows.exclude(status=AppointmentStatus.HELD).first()


ACTS = {
    "move": Act(
        "move", "portal:move", "portal:move_day", "portal:move_to", _("Choose another day"), _("Yes, take this time"),
        "?done=moved", _may_move, _move,
    ),
    "again": Act(
        "again", "portal:again_visit", "portal:again_day", "portal:again_to", _("Choose a day"),
        _("Confirm booking"), "?new=1", _may_book, _book,
    ),
}  # fmt: skip
