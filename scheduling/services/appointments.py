"""Booking, moving and cancelling: the only writers of the pool, for every channel alike.

Each call is one short transaction without network calls. It reads what it needs again inside (see `reading`),
claims by conditional UPDATE (see `claiming`), writes the fact with the change, and sends nothing.
"""

import datetime as dt
from uuid import UUID

from accounts.models.user import Kind
from common import clock
from common.errors import NotAllowed
from common.history import insert_with_history
from patients.models import Patient
from scheduling.errors import (
    MovedMeanwhile,
    NothingToUndo,
    SameSlot,
    SlotFull,
    TooEarly,
    TooLate,
    TooLateToUndo,
    WrongStatus,
)
from scheduling.models import Appointment, AppointmentStatus, EventKind, Slot
from scheduling.models.appointment import CancelCause

from . import alternatives, barring, restrictions, rules
from .claiming import claim_extra_place, claim_place, fact, give_back, record
from .once import once
from .origin import Origin
from .reading import find_slot, lock_appointment, lock_patient, lock_slots

UNDO_MINUTES = 10


def book(
    *,
    patient: Patient | UUID,
    slot: Slot | UUID,
    origin: Origin,
    reason: str = "",
    overbook: bool = False,
    group: UUID | None = None,
    at: dt.datetime | None = None,
) -> Appointment:
    """Book a place of `slot` for `patient` and record the fact.

    reason: why the patient comes; with `overbook`, or for somebody restricted after missed visits, also why it must be.
    at: now (aware), for tests and imports.
    Raises SlotFull with the nearest alternatives, or the refusal of the rule that says no (`scheduling.errors`).
    """
    at = at or clock.now()

    def work() -> Appointment:
        person = lock_patient(patient)
        wanted = find_slot(slot, origin.by)
        check(person, wanted, origin, at, reason=reason)
        place, extra = _take(wanted, origin, reason, at, overbook)
        note = reason if extra or person.is_barred(at) else ""
        return make(person, wanted, place, origin, at, note, reason=reason, is_overbooked=extra, group=group)

    with alternatives.offered(slot, origin, at):
        return once(origin, work, reason if overbook else "")


def check(
    patient: Patient,
    slot: Slot,
    origin: Origin,
    at: dt.datetime,
    *,
    ignoring: Appointment | None = None,
    reason: str | None = None,
) -> None:
    """Every rule that can say no to this patient at this slot through this channel, in the order people expect.

    ignoring: the booking that is moved or restored. A restriction is about new bookings, so it says nothing there.
    reason: see `barring.check`.
    """
    rules.check_slot(slot, origin.channel, at)
    rules.check_person(patient, slot)
    if ignoring is None:
        barring.check(patient, slot.service, origin, at, reason)
    rules.check_calendar(patient, slot, at, ignoring)
    if slot.has_rules:
        rules.check_channel(slot, origin.channel, at, ignoring)


def _take(slot: Slot, origin: Origin, reason: str, at: dt.datetime, overbook: bool) -> tuple[int, bool]:
    if overbook:
        return claim_extra_place(slot, origin, reason, at)
    return claim_place(slot, at), False


def make(
    patient: Patient | None, slot: Slot, place: int, origin: Origin, at: dt.datetime, note: str = "", **more: object
) -> Appointment:
    """Write the claim as a row, with the fact that it was held or booked; `note` says why, where that must be said."""
    fields = {"status": AppointmentStatus.BOOKED} | more
    claim = Appointment(
        patient=patient,
        slot=slot,
        place=place,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        channel=origin.channel,
        by=origin.by,
        requested_at=at,
        created_at=at,
        **fields,
    )
    made = fact(claim, EventKind(fields["status"]), origin, at, note)
    return insert_with_history(claim, (made, "appointment_id"))


def move(
    *,
    appointment: Appointment | UUID,
    slot: Slot | UUID,
    origin: Origin,
    reason: str = "",
    version: int | None = None,
    at: dt.datetime | None = None,
) -> Appointment:
    """Move a booking to another slot, or leave it where it is: the new place is claimed before the old one is freed.

    version: of the booking as it was shown to the person; MovedMeanwhile when it has been moved since.
    The reference stays the same. Raises what `book` and the deadline for patients raise.
    """
    at = at or clock.now()

    def work() -> Appointment:
        booking = lock_appointment(appointment, origin.by)
        require(booking, AppointmentStatus.BOOKED)
        require_unmoved(booking, version, origin)
        require_in_time(booking, origin, at)
        wanted = find_slot(slot, origin.by)
        if wanted.pk == booking.slot_id:
            raise SameSlot(field="slot")
        check(booking.patient, wanted, origin, at, ignoring=booking)
        lock_slots(booking.slot_id, wanted.pk)
        place = claim_place(wanted, at, may_wait=False)
        give_back(booking)
        return _resettle(booking, wanted, place, origin, reason, at)

    with alternatives.offered(slot, origin, at):
        return once(origin, work, reason)


def _resettle(
    booking: Appointment, slot: Slot, place: int, origin: Origin, reason: str, at: dt.datetime
) -> Appointment:
    old = booking.slot_id
    booking.slot, booking.place, booking.is_overbooked = slot, place, False
    booking.starts_at, booking.ends_at = slot.starts_at, slot.ends_at
    booking.version += 1
    booking.confirmed_at = None
    booking.save()
    record(booking, EventKind.MOVED, origin, at, reason, from_slot_id=old)
    return booking


def cancel(
    *,
    appointment: Appointment | UUID,
    origin: Origin,
    reason: str = "",
    cause: str = CancelCause.PATIENT,
    version: int | None = None,
    at: dt.datetime | None = None,
) -> Appointment:
    """Cancel a booking; its place is free for every channel in the same instant.

    version: see `move`. Raises WrongStatus, MovedMeanwhile, and TooLate after the site's deadline unless somebody with
    the right to it asks.
    """
    at = at or clock.now()

    def work() -> Appointment:
        booking = lock_appointment(appointment, origin.by)
        require(booking, AppointmentStatus.BOOKED)
        require_unmoved(booking, version, origin)
        if cause != CancelCause.CLINIC:
            require_in_time(booking, origin, at)
        return end(booking, origin, at, reason=reason, cause=cause)

    return once(origin, work, reason)


def end(booking: Appointment, origin: Origin, at: dt.datetime, *, reason: str, cause: str) -> Appointment:
    """The cancellation itself, for a booking that is locked and may be cancelled."""
    booking.status = AppointmentStatus.CANCELLED
    booking.cancelled_at, booking.cancel_cause = at, cause
    booking.save()
    give_back(booking)
    record(booking, EventKind.CANCELLED, origin, at, reason)
    return booking


def confirm(
    *, appointment: Appointment | UUID, origin: Origin, version: int | None = None, at: dt.datetime | None = None
) -> Appointment:
    """The patient says that they will come. Saying it twice changes nothing.

    version: see `move`. Raises WrongStatus, MovedMeanwhile.
    """
    at = at or clock.now()

    def work() -> Appointment:
        booking = lock_appointment(appointment, origin.by)
        require(booking, AppointmentStatus.BOOKED)
        require_unmoved(booking, version, origin)
        if booking.confirmed_at is None:
            booking.confirmed_at = at
            booking.save()
            record(booking, EventKind.CONFIRMED, origin, at)
        return booking

    return once(origin, work)


def mark_noshow(
    *, appointment: Appointment | UUID, origin: Origin, reason: str = "", at: dt.datetime | None = None
) -> Appointment:
    """Record that the patient did not come. The place stays theirs: it was lost. Raises WrongStatus, TooEarly."""
    at = at or clock.now()
    require_right(origin, "scheduling.mark_noshow")

    def work() -> Appointment:
        booking = lock_appointment(appointment, origin.by)
        require(booking, AppointmentStatus.BOOKED)
        if at < booking.starts_at:
            raise TooEarly
        booking.status = AppointmentStatus.NOSHOW
        booking.save()
        record(booking, EventKind.NOSHOW, origin, at, reason)
        return booking

    return once(origin, work, reason)


def undo(
    *, appointment: Appointment | UUID, origin: Origin, reason: str = "", at: dt.datetime | None = None
) -> Appointment:
    """Take back a cancellation or a no-show that was recorded within the last ten minutes.

    A cancelled booking needs its place again: SlotFull when somebody has it by now, with alternatives.
    Raises NothingToUndo, TooLateToUndo, PatientBusy, and NotAllowed for a no-show without the right to record one.
    """
    at = at or clock.now()

    def work() -> Appointment:
        booking = lock_appointment(appointment, origin.by)
        _require_recent(booking, at)
        slot = find_slot(booking.slot, origin.by)
        if booking.status == AppointmentStatus.CANCELLED:
            check(booking.patient, slot, origin, at, ignoring=booking)
            booking.place, booking.is_overbooked = claim_place(slot, at), False
        else:
            require_right(origin, "scheduling.mark_noshow")
            rules.check_calendar(booking.patient, slot, at, ignoring=booking)
        was_absent = booking.status == AppointmentStatus.NOSHOW
        booking.status = AppointmentStatus.BOOKED
        booking.cancelled_at, booking.cancel_cause = None, ""
        booking.save()
        if was_absent:
            restrictions.fall(patient=booking.patient, reason=reason, by=origin.by, at=at)
        record(booking, EventKind.RESTORED, origin, at, reason)
        return booking

    try:
        return once(origin, work, reason)
    except SlotFull as full:
        full.alternatives = alternatives.near(_slot_of(appointment), origin, at)
        raise


def _slot_of(ref: Appointment | UUID) -> Slot:
    named = {"appointments__uuid": ref} if isinstance(ref, UUID) else {"pk": ref.slot_id}
    return Slot.objects.with_session().get(**named)


def _require_recent(booking: Appointment, at: dt.datetime) -> None:
    if booking.status not in (AppointmentStatus.CANCELLED, AppointmentStatus.NOSHOW) or booking.patient_id is None:
        raise NothingToUndo
    last = booking.events.exclude(kind=EventKind.TOLD).order_by("-pk").first()
    if last is None or last.kind not in (EventKind.CANCELLED, EventKind.NOSHOW):
        raise NothingToUndo
    if at - last.at > dt.timedelta(minutes=UNDO_MINUTES):
        raise TooLateToUndo(minutes=UNDO_MINUTES)


def require(booking: Appointment, *statuses: str) -> None:
    """Raises WrongStatus unless the booking is in one of `statuses`."""
    if booking.status not in statuses:
        raise WrongStatus(status=booking.get_status_display())


def require_unmoved(booking: Appointment, version: int | None, origin: Origin) -> None:
    """Raises MovedMeanwhile unless the booking still has the time that the person was shown, if they were shown one.

    Staff are told which colleague it was, others only through which door.
    """
    if version is None or version >= booking.version:
        return
    moved = booking.events.filter(kind=EventKind.MOVED).select_related("by").order_by("-pk").first()
    if moved is None:  # it never had another time, whatever number was sent
        return
    who = moved.by if origin.by.kind == Kind.STAFF else moved.get_channel_display()
    raise MovedMeanwhile(who=who, when=rules.shown(moved.at), time=rules.shown(booking.starts_at))


def require_right(origin: Origin, right: str) -> None:
    """Raises NotAllowed."""
    if not origin.by.has_perm(right):
        raise NotAllowed


def deadline(booking: Appointment) -> dt.datetime:
    """The last moment at which a patient may cancel or move by themselves."""
    return booking.starts_at - dt.timedelta(hours=booking.slot.service.department.site.cancel_hours)


def require_in_time(booking: Appointment, origin: Origin, at: dt.datetime) -> None:
    """Patients change until the deadline, staff with the right also later."""
    if at > deadline(booking) and not origin.is_staff_with_late_right:
        raise TooLate(deadline=rules.shown(deadline(booking)))
