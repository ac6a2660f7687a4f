"""Whether the patient came: the claim's way from booked to arrived, seen or absent, and back when it was a mistake."""

import datetime as dt
from uuid import UUID

from common import clock
from common.errors import ReasonRequired
from scheduling.errors import NotToday, TooEarly
from scheduling.models import Appointment, AppointmentStatus, EventKind

from . import restrictions, rules
from .appointments import require, require_right
from .claiming import record
from .once import once
from .origin import Origin
from .reading import lock_appointment


def arrive(*, appointment: Appointment | UUID, origin: Origin, at: dt.datetime | None = None) -> Appointment:
    """The patient is here, on the day of the visit. Raises WrongStatus, NotToday."""
    at = at or clock.now()

    def work() -> Appointment:
        booking = lock_appointment(appointment, origin.by)
        require(booking, AppointmentStatus.BOOKED)
        if clock.local(booking.starts_at).date() != clock.local(at).date():
            raise NotToday(day=rules.shown(booking.starts_at))
        return _settle(booking, AppointmentStatus.ARRIVED, EventKind.ARRIVED, origin, at)

    return once(origin, work)


def take_back_arrival(*, appointment: Appointment | UUID, origin: Origin, at: dt.datetime | None = None) -> Appointment:
    """They were not here after all: booked as before. Raises WrongStatus."""
    at = at or clock.now()

    def work() -> Appointment:
        booking = lock_appointment(appointment, origin.by)
        require(booking, AppointmentStatus.ARRIVED)
        return _settle(booking, AppointmentStatus.BOOKED, EventKind.RESTORED, origin, at)

    return once(origin, work)


def fulfil(
    *, appointment: Appointment | UUID, origin: Origin, at: dt.datetime | None = None, scoped: bool = True
) -> Appointment:
    """The visit took place. scoped: see `lock_appointment`. Raises WrongStatus."""
    at = at or clock.now()

    def work() -> Appointment:
        booking = lock_appointment(appointment, origin.by, scoped=scoped)
        require(booking, AppointmentStatus.ARRIVED)
        return _settle(booking, AppointmentStatus.FULFILLED, EventKind.FULFILLED, origin, at)

    return once(origin, work)


ENDINGS = {
    AppointmentStatus.FULFILLED: EventKind.FULFILLED,
    AppointmentStatus.NOSHOW: EventKind.NOSHOW,
}


def correct(
    *,
    appointment: Appointment | UUID,
    ending: str,
    origin: Origin,
    reason: str,
    at: dt.datetime | None = None,
) -> Appointment:
    """Put right how a visit ended, seen or absent, also long afterwards; the reason stands in its history.

    Raises ReasonRequired, WrongStatus, TooEarly before the visit began, NotAllowed without the right to record absence.
    """
    at = at or clock.now()
    require_right(origin, "scheduling.mark_noshow")
    if not reason.strip():
        raise ReasonRequired(field="reason")

    def work() -> Appointment:
        booking = lock_appointment(appointment, origin.by)
        known = set(ENDINGS) | {AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED}
        require(booking, *(known - {ending}))
        if at < booking.starts_at and booking.status == AppointmentStatus.BOOKED:
            raise TooEarly
        was_absent = booking.status == AppointmentStatus.NOSHOW
        settled = _settle(booking, ending, ENDINGS[ending], origin, at, reason)
        if was_absent:
            restrictions.fall(patient=booking.patient, reason=reason, by=origin.by, at=at)
        return settled

    return once(origin, work, reason)


def _settle(
    booking: Appointment, status: str, kind: str, origin: Origin, at: dt.datetime, reason: str = ""
) -> Appointment:
    booking.status = status
    booking.save()
    record(booking, kind, origin, at, reason)
    return booking
