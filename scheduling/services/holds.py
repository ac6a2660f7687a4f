"""Holds: a place kept for a few minutes while somebody chooses or talks."""

import datetime as dt
from uuid import UUID

from django.conf import settings

from common import clock
from patients.models import Patient
from scheduling.errors import HoldLapsed, HoldRenewedAlready, HoldTaken, SameSlot
from scheduling.models import Appointment, AppointmentStatus, EventKind, Slot

from . import alternatives, appointments, barring, rules
from .claiming import claim_place, give_up, lapse_holds, record
from .hoarding import check_number
from .once import once
from .origin import Origin, system_origin
from .reading import find_slot, lock_appointment, lock_patient, lock_slots


def hold_time() -> dt.timedelta:
    """How long a place is kept."""
    return dt.timedelta(minutes=settings.HOLD_MINUTES)


def hold(
    *,
    slot: Slot | UUID,
    origin: Origin,
    patient: Patient | UUID | None = None,
    minutes: int | None = None,
    at: dt.datetime | None = None,
) -> Appointment:
    """Keep a place for `minutes` (default: settings.HOLD_MINUTES), for a known patient or for whoever is asking.

    Raises what `book` raises, and TooManyHolds, which stops one caller from hoarding.
    """
    at = at or clock.now()
    until = at + (dt.timedelta(minutes=minutes) if minutes else hold_time())

    def work() -> Appointment:
        person = lock_patient(patient) if patient else None
        check_number(origin, at, [person])
        return _keep(person, slot, until, origin, at)

    with alternatives.offered(slot, origin, at):
        return once(origin, work)


def keep(
    *, slot: Slot | UUID, patient: Patient | UUID, until: dt.datetime, origin: Origin, at: dt.datetime
) -> Appointment:
    """Hold a place inside a transaction that runs, however many places the caller keeps. Raises what `book` raises."""
    return _keep(lock_patient(patient), slot, until, origin, at)


def _keep(
    person: Patient | None, slot: Slot | UUID, until: dt.datetime, origin: Origin, at: dt.datetime
) -> Appointment:
    wanted = find_slot(slot, origin.by)
    _check(person, wanted, origin, at)
    return _make(person, wanted, claim_place(wanted, at), until, origin, at)


def _make(
    person: Patient | None, slot: Slot, place: int, until: dt.datetime, origin: Origin, at: dt.datetime
) -> Appointment:
    """A hold never outlives its slot."""
    held = {"status": AppointmentStatus.HELD, "held_until": min(until, slot.ends_at)}
    return appointments.make(person, slot, place, origin, at, **held)


def _check(
    person: Patient | None, slot: Slot, origin: Origin, at: dt.datetime, ignoring: Appointment | None = None
) -> None:
    """ignoring: the hold that is given up for this one; a restriction is asked about all the same."""
    if person:
        appointments.check(person, slot, origin, at, ignoring=ignoring)
        if ignoring:
            barring.check(person, slot.service, origin, at)
        return
    rules.check_slot(slot, origin.channel, at)
    if slot.has_rules:
        rules.check_channel(slot, origin.channel, at, ignoring)


def exchange(
    *, hold: Appointment | UUID, slot: Slot | UUID, origin: Origin, at: dt.datetime | None = None
) -> Appointment:
    """Keep a place of `slot` instead of the one that is held, or the old one as it was: the new place is claimed
    before the old one is freed, and limits do not count the old one. Returns the new hold, with a whole hold time.

    Raises what `hold` raises, SameSlot, HoldLapsed, HoldTaken.
    """
    at = at or clock.now()

    def work() -> Appointment:
        kept = lock_hold(hold, origin, at)
        wanted = find_slot(slot, origin.by)
        if wanted.pk == kept.slot_id:
            raise SameSlot(field="slot")
        _check(kept.patient, wanted, origin, at, ignoring=kept)
        lock_slots(kept.slot_id, wanted.pk)
        place = claim_place(wanted, at, may_wait=False)
        give_up(kept, origin.keyless, at)  # the key stands on the new hold, which is the answer to a repeat
        return _make(kept.patient, wanted, place, at + hold_time(), origin, at)

    with alternatives.offered(slot, origin, at):
        return once(origin, work)


def book_held(
    *,
    hold: Appointment | UUID,
    origin: Origin,
    patient: Patient | UUID | None = None,
    reason: str = "",
    is_offer: bool = False,
    at: dt.datetime | None = None,
) -> Appointment:
    """Turn a hold into a booking, for the patient it was made for or, if it had none, for `patient`.

    is_offer: the hold is a waiting-list offer or kept after a stoppage, which its person may take through another door
    than it came from.
    Raises HoldLapsed when its time was over, HoldTaken when it is another patient's or another caller's.
    """
    at = at or clock.now()

    def work() -> Appointment:
        person = lock_patient(patient) if patient else None
        kept = lock_hold(hold, origin, at, is_anybodys=is_offer)
        person = _person_for(kept, person)
        slot = find_slot(kept.slot, origin.by)
        rules.check_slot(slot, origin.channel, at)
        rules.check_person(person, slot)
        if not is_offer:
            barring.check(person, slot.service, origin, at, reason)
        rules.check_calendar(person, slot, at, ignoring=kept)
        kept.patient, kept.slot, kept.status = person, slot, AppointmentStatus.BOOKED
        kept.held_until, kept.reason = None, reason or kept.reason
        kept.save()
        record(kept, EventKind.BOOKED, origin, at, reason if person.is_barred(at) else "")
        return kept

    return once(origin, work)


def _person_for(kept: Appointment, person: Patient | None) -> Patient:
    if kept.patient_id and person and kept.patient_id != person.pk:
        raise HoldTaken(field="hold")
    found = person or kept.patient
    if found is None:
        raise HoldTaken(field="patient")
    return found


def lock_hold(ref: Appointment | UUID, origin: Origin, at: dt.datetime, is_anybodys: bool = False) -> Appointment:
    """A hold that still stands and is this caller's, unless anybody may. Raises WrongStatus, HoldTaken, HoldLapsed."""
    kept = lock_appointment(ref, origin.by)
    if kept.status == AppointmentStatus.LAPSED or kept.has_lapsed(at):
        raise HoldLapsed(field="hold", until=rules.shown(kept.held_until))
    appointments.require(kept, AppointmentStatus.HELD)
    if not (is_anybodys or kept.by_id == origin.by.pk or origin.by.has_perm("scheduling.change_appointment")):
        raise HoldTaken(field="hold")
    return kept


def renew(*, hold: Appointment | UUID, origin: Origin, at: dt.datetime | None = None) -> Appointment:
    """Keep the place for one more hold time from now, never for less than before; once only.

    Raises HoldRenewedAlready, HoldLapsed, HoldTaken.
    """
    at = at or clock.now()

    def work() -> Appointment:
        kept = lock_hold(hold, origin, at)
        if kept.renewals:
            raise HoldRenewedAlready
        kept.renewals += 1
        kept.held_until = min(max(kept.held_until, at + hold_time()), kept.ends_at)
        kept.save()
        record(kept, EventKind.RENEWED, origin, at)
        return kept

    return once(origin, work)


def release(*, hold: Appointment | UUID, origin: Origin, at: dt.datetime | None = None) -> Appointment:
    """Give a held place up. Raises HoldLapsed, HoldTaken."""
    at = at or clock.now()

    def work() -> Appointment:
        return give_up(lock_hold(hold, origin, at), origin, at)

    return once(origin, work)


def lapse_expired(at: dt.datetime | None = None, batch: int = 200) -> int:
    """Write down which holds have ended, a batch to a transaction; returns how many. Places count as free before."""
    at = at or clock.now()
    total = 0
    while True:
        oldest = Appointment.objects.expired_holds(at).order_by("held_until")[:batch]
        rows = Appointment.objects.filter(pk__in=[hold.pk for hold in oldest])
        ended = once(system_origin(), lambda rows=rows: lapse_holds(rows, at))
        total += ended
        if ended == 0:
            return total
