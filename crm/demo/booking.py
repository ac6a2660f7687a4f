"""One invented booking and what became of it, as rows."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from accounts.models import Channel, User
from scheduling.models import Appointment, AppointmentEvent, AppointmentStatus, EventKind, Slot
from scheduling.models.appointment import CancelCause

from .staff import Staff

PATIENTS_REASONS = ["临时有事", "症状好转", "时间冲突", "改到其他医院", "出差", "Feeling better", ""]
STAFF_REASONS = {CancelCause.STAFF: "改约其他医生", CancelCause.CLINIC: "医生临时停诊"}
OVERBOOK_REASONS = ["病情较急", "术后复查", "外地患者"]


@dataclass(slots=True)
class Fact:
    """An event to be, without its appointment."""

    kind: str
    at: dt.datetime
    by: User
    channel: str
    reason: str = ""
    slot_id: int | None = None
    from_slot_id: int | None = None


@dataclass(slots=True)
class Draft:
    """An appointment to be, with its events in their order."""

    appointment: Appointment
    facts: list[Fact] = field(default_factory=list)

    def events(self) -> Iterator[AppointmentEvent]:
        """The events of the stored appointment."""
        for fact in self.facts:
            yield AppointmentEvent(
                appointment=self.appointment,
                kind=fact.kind,
                at=fact.at,
                by=fact.by,
                channel=fact.channel,
                reason=fact.reason,
                slot_id=fact.slot_id or self.appointment.slot_id,
                from_slot_id=fact.from_slot_id,
            )


class Clerk:
    """Writes drafts: booked, perhaps moved and confirmed, then kept, missed or cancelled."""

    def __init__(self, rng: random.Random, staff: Staff, at: dt.datetime) -> None:
        self._rng, self._staff, self._at = rng, staff, at

    def booked(self, patient_id: int, slot: Slot, place: int, *, channel: str, asked_at: dt.datetime) -> Draft:
        """A booking of `place`, made at `asked_at`."""
        by = self._staff.by_channel[channel]
        appointment = Appointment(
            patient_id=patient_id,
            slot=slot,
            place=place,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            channel=channel,
            by=by,
            requested_at=asked_at,
            created_at=asked_at,
        )
        return Draft(appointment, [Fact(EventKind.BOOKED, asked_at, by, channel)])

    def overbook(self, draft: Draft) -> None:
        """The booking is beyond capacity."""
        draft.appointment.is_overbooked = True
        draft.appointment.reason = draft.facts[0].reason = self._rng.choice(OVERBOOK_REASONS)

    def move(self, draft: Draft, earlier: Slot) -> None:
        """The patient had `earlier` at first."""
        booking, first = draft.appointment, draft.facts[0]
        moved_at = self._between(first.at, min(booking.starts_at - dt.timedelta(hours=6), self._at))
        if moved_at is None or earlier.pk == booking.slot_id:
            return
        first.slot_id, booking.version = earlier.pk, 2
        draft.facts.append(Fact(EventKind.MOVED, moved_at, first.by, first.channel, from_slot_id=earlier.pk))

    def confirm(self, draft: Draft) -> None:
        """The patient says to come, one or two days before."""
        booking = draft.appointment
        at = booking.starts_at - dt.timedelta(minutes=self._rng.randrange(20 * 60, 44 * 60))
        if draft.facts[-1].at < at < self._at:
            booking.confirmed_at = at
            channel = self._rng.choice([Channel.MINIAPP, Channel.PHONE])
            draft.facts.append(Fact(EventKind.CONFIRMED, at, self._staff.by_channel[channel], channel))

    def keep(self, draft: Draft) -> None:
        """The patient came and was seen."""
        booking, minutes = draft.appointment, self._rng.randrange
        booking.status = AppointmentStatus.FULFILLED
        arrived = max(booking.starts_at - dt.timedelta(minutes=minutes(30)), draft.facts[-1].at)
        seen = max(booking.ends_at + dt.timedelta(minutes=minutes(-5, 30)), arrived)
        self._note(draft, EventKind.ARRIVED, arrived)
        self._note(draft, EventKind.FULFILLED, seen)

    def miss(self, draft: Draft, session_end: dt.datetime) -> None:
        """The patient did not come; the desk writes it down when the session is over."""
        draft.appointment.status = AppointmentStatus.NOSHOW
        self._note(draft, EventKind.NOSHOW, session_end + dt.timedelta(minutes=self._rng.randrange(1, 25)))

    def cancel(self, draft: Draft) -> bool:
        """The booking was cancelled in time; False when there was no time for it."""
        booking, first = draft.appointment, draft.facts[0]
        at = self._between(draft.facts[-1].at, min(booking.starts_at - dt.timedelta(hours=5), self._at))
        if at is None:
            return False
        cause = self._rng.choices([CancelCause.PATIENT, CancelCause.STAFF, CancelCause.CLINIC], [85, 10, 5])[0]
        booking.status, booking.cancelled_at, booking.cancel_cause = AppointmentStatus.CANCELLED, at, cause
        if cause == CancelCause.PATIENT:
            reason = self._rng.choice(PATIENTS_REASONS)
            draft.facts.append(Fact(EventKind.CANCELLED, at, first.by, first.channel, reason))
        else:
            self._note(draft, EventKind.CANCELLED, at, STAFF_REASONS[cause])
        return True

    def _note(self, draft: Draft, kind: str, at: dt.datetime, reason: str = "") -> None:
        draft.facts.append(Fact(kind, at, self._staff.desk, Channel.DESK, reason))

    def _between(self, first: dt.datetime, last: dt.datetime) -> dt.datetime | None:
        seconds = int((last - first).total_seconds())
        return first + dt.timedelta(seconds=self._rng.randrange(60, seconds)) if seconds > 120 else None
