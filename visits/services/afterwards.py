"""What was written by hand while the system was away, entered later with its true times.

Facts (arrival, visit, end) carry the time at which they happened; their history carries when and by whom they were
entered.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from common import clock
from patients.models import Patient
from scheduling.models import Appointment, Slot
from scheduling.services.once import once
from scheduling.services.origin import Origin
from scheduling.services.reading import lock_appointment
from visits.errors import NotYet, TimesMissing, TimesNotInOrder
from visits.models import LIVE, Outcome, QueueEntry

from . import arrival, encounters


@dataclass(frozen=True)
class Times:
    """When somebody came, and from when until when they were seen; aware. Began and ended belong together."""

    arrived: dt.datetime | None
    began: dt.datetime | None = None
    ended: dt.datetime | None = None

    def check(self, now: dt.datetime) -> None:
        """Raises TimesMissing, TimesNotInOrder, NotYet."""
        if (self.began is None) != (self.ended is None):
            raise TimesMissing(field="ended" if self.ended is None else "began")
        given = [time for time in (self.arrived, self.began, self.ended) if time]
        if given != sorted(given):
            raise TimesNotInOrder(field="began")
        if given and given[-1] > now:
            raise NotYet(field="ended")


def enter(
    *, appointment: Appointment | UUID, times: Times, origin: Origin, reason: str = "", at: dt.datetime | None = None
) -> Appointment:
    """A booked patient came, and perhaps was seen. Who is checked in already keeps their time of arrival.

    at: when it is entered. Raises what `Times.check`, `arrival.check_in`, `encounters.start` and `finish` raise.
    """
    times.check(at or clock.now())

    def work() -> Appointment:
        lock_appointment(appointment, origin.by)  # patient and booking before the ticket (docs/locking.md)
        entry = _ticket(appointment) or _checked_in(appointment, times, origin)
        if times.began and times.began < entry.arrived_at:
            raise TimesNotInOrder(field="began")
        return _seen(entry, times, origin)

    return once(origin.keyless, work, reason)


def enter_walk_in(
    *,
    patient: Patient | UUID,
    slot: Slot | UUID,
    times: Times,
    origin: Origin,
    reason: str = "",
    overbook: bool = False,
    at: dt.datetime | None = None,
) -> Appointment:
    """Somebody came without a booking and got a place by hand. Raises what `enter` and `arrival.walk_in` raise."""
    times.check(at or clock.now())
    if times.arrived is None:
        raise TimesMissing(field="arrived")

    def work() -> Appointment:
        wish = {"patient": patient, "slot": slot, "reason": reason, "overbook": overbook}
        return _seen(arrival.walk_in(origin=origin, at=times.arrived, **wish), times, origin)

    return once(origin.keyless, work, reason)


def _ticket(appointment: Appointment | UUID) -> QueueEntry | None:
    uuid = appointment if isinstance(appointment, UUID) else appointment.uuid
    return QueueEntry.objects.filter(appointment__uuid=uuid, state__in=LIVE).first()


def _checked_in(appointment: Appointment | UUID, times: Times, origin: Origin) -> QueueEntry:
    if times.arrived is None:
        raise TimesMissing(field="arrived")
    return arrival.check_in(appointment=appointment, origin=origin, at=times.arrived)


def _seen(entry: QueueEntry, times: Times, origin: Origin) -> Appointment:
    if times.began:
        encounters.start(entry=entry, origin=origin, at=times.began)
        encounters.finish(entry=entry, outcome=Outcome.TREATED, origin=origin, at=times.ended)
    return Appointment.objects.get(pk=entry.appointment_id)
