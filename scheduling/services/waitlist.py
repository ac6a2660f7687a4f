"""The waiting list (候补): who waits, and freed places offered to one person at a time.

An offer is a held appointment with a clock. Telling people is the business of the floors above.
"""

import datetime as dt
from uuid import UUID

from django.db import IntegrityError, transaction

from common import clock
from common.history import acting
from directory.models import HealthcareService, Practitioner
from patients.models import Patient
from scheduling.errors import AlreadyWaiting, DatesNotInOrder, NotWaiting, OfferOver, OtherService, WaitsTooLong
from scheduling.models import Appointment, AppointmentStatus, Slot, WaitlistEntry, WaitlistOffer
from scheduling.models.waitlist import EntryStatus, OfferStatus, PartOfDay

from . import barring, holds, rules
from .once import once
from .origin import Origin, system_origin
from .reading import find_slot

OFFER_MINUTES = 30
LONGEST = dt.timedelta(days=366)  # that anybody waits; nothing is planned beyond


def join(
    *,
    patient: Patient,
    service: HealthcareService,
    earliest: dt.date,
    latest: dt.date,
    origin: Origin,
    practitioner: Practitioner | None = None,
    part_of_day: str = PartOfDay.ANY,
    priority: int = 0,
    notice_hours: int = 24,
    note: str = "",
    at: dt.datetime | None = None,
) -> WaitlistEntry:
    """Put the patient on the list for a service between two days.

    Raises AlreadyWaiting, DatesNotInOrder, WaitsTooLong, PatientMerged, PatientDeceased, PatientBarred.
    """
    at = at or clock.now()
    rules.check_record(patient)
    barring.check(patient, service, origin, at)
    if latest < max(earliest, clock.today(at)):
        raise DatesNotInOrder(field="latest")
    if latest > clock.today(at) + LONGEST:
        raise WaitsTooLong(field="latest", days=LONGEST.days)
    entry = WaitlistEntry(
        patient=patient, service=service, practitioner=practitioner, earliest=earliest, latest=latest,
        part_of_day=part_of_day, priority=priority, notice_hours=notice_hours, note=note[:200],
        channel=origin.channel, by=origin.by, created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic(), acting(origin.by, note):
            entry.save()
    except IntegrityError as error:
        if WaitlistEntry.objects.filter(patient=patient, service=service, status__in=("waiting", "offered")).exists():
            raise AlreadyWaiting(field="service") from error
        raise
    return entry


def withdraw(*, entry: WaitlistEntry, origin: Origin, reason: str = "", at: dt.datetime | None = None) -> WaitlistEntry:
    """The person no longer waits; a running offer is given up. Raises NotWaiting."""
    at = at or clock.now()

    def work() -> WaitlistEntry:
        waiting = _lock(entry)
        if waiting.status not in (EntryStatus.WAITING, EntryStatus.OFFERED):
            raise NotWaiting
        for offer in waiting.offers.filter(status=OfferStatus.OPEN):
            _close(offer, OfferStatus.DECLINED, origin, at)
        return _set(waiting, EntryStatus.WITHDRAWN)

    return once(origin.keyless, work, reason)


def candidates_for(slot: Slot, at: dt.datetime | None = None, count: int = 20) -> list[WaitlistEntry]:
    """Who could have this place, the next one first: priority, then longest waiting; who needs more notice is left
    out, and whoever was offered this very slot before."""
    at = at or clock.now()
    asked = WaitlistOffer.objects.filter(appointment__slot=slot).values("entry")
    rows = WaitlistEntry.objects.wanting(slot).exclude(pk__in=asked).select_related("patient", "service")
    fitting = (entry for entry in rows.iterator(chunk_size=200) if fits(entry, slot, at))
    return [entry for entry, _n in zip(fitting, range(count), strict=False)]


def fits(entry: WaitlistEntry, slot: Slot, at: dt.datetime) -> bool:
    """Part of day and notice."""
    morning = clock.local(slot.starts_at).hour < 12
    right_half = entry.part_of_day in (PartOfDay.ANY, PartOfDay.MORNING if morning else PartOfDay.AFTERNOON)
    return right_half and slot.starts_at - at >= dt.timedelta(hours=entry.notice_hours)


def offer(
    *,
    entry: WaitlistEntry,
    slot: Slot | UUID,
    origin: Origin,
    minutes: int = OFFER_MINUTES,
    at: dt.datetime | None = None,
) -> WaitlistOffer:
    """Hold a place of `slot` for this person alone.

    Raises NotWaiting, OtherService, and whatever holding a place raises.
    """
    at = at or clock.now()

    def work() -> WaitlistOffer:
        waiting = _lock(entry)
        if waiting.status != EntryStatus.WAITING:
            raise NotWaiting
        if find_slot(slot, origin.by).service_id != waiting.service_id:
            raise OtherService(field="slot", service=waiting.service.name)
        kept = holds.hold(slot=slot, patient=waiting.patient, origin=origin, minutes=minutes, at=at)
        _set(waiting, EntryStatus.OFFERED)
        return WaitlistOffer.objects.create(
            entry=waiting, appointment=kept, offered_at=at, expires_at=kept.held_until, by=origin.by
        )

    return once(origin.keyless, work)


def accept(*, offer: WaitlistOffer | UUID, origin: Origin, at: dt.datetime | None = None) -> Appointment:
    """The person takes the place, through any door: their hold becomes a booking. Raises OfferOver, HoldLapsed."""
    at = at or clock.now()

    def work() -> Appointment:
        running = _lock_offer(offer, at)
        if running.appointment.status != AppointmentStatus.HELD:
            raise OfferOver(status=running.appointment.get_status_display())
        booking = holds.book_held(hold=running.appointment, origin=origin, is_offer=True, at=at)
        _answer(running, OfferStatus.ACCEPTED, at)
        _set(running.entry, EntryStatus.BOOKED)
        return booking

    return once(origin, work)


def decline(*, offer: WaitlistOffer | UUID, origin: Origin, at: dt.datetime | None = None) -> WaitlistOffer:
    """The person does not take this place but waits on. Raises OfferOver."""
    at = at or clock.now()

    def work() -> WaitlistOffer:
        running = _lock_offer(offer, at)
        _close(running, OfferStatus.DECLINED, origin, at)
        _set(running.entry, EntryStatus.WAITING)
        return running

    return once(origin.keyless, work)


def lapse_offers(at: dt.datetime | None = None) -> int:
    """End offers that were not answered in time; those people wait on. Returns how many. Repeatable."""
    at = at or clock.now()
    ended = 0
    for running in WaitlistOffer.objects.filter(status=OfferStatus.OPEN, expires_at__lte=at).order_by("expires_at"):
        ended += lapse(running, at)
    return ended


def lapse(running: WaitlistOffer, at: dt.datetime) -> int:
    """End one offer before or at its time, as nobody answers it; the person waits on. Returns 1, or 0 when it is over
    already. Repeatable."""
    origin = system_origin()

    def work() -> int:
        entry = _lock(running.entry)
        running.refresh_from_db()
        if running.status != OfferStatus.OPEN:
            return 0
        if running.appointment.status == AppointmentStatus.BOOKED:  # somebody booked the held place past the offer
            _answer(running, OfferStatus.ACCEPTED, at)
            _set(entry, EntryStatus.BOOKED)
            return 0
        _close(running, OfferStatus.LAPSED, origin, at)
        _set(entry, EntryStatus.WAITING)
        return 1

    return once(origin, work)


def expire_entries(at: dt.datetime | None = None) -> int:
    """Entries whose last day has passed no longer wait. Returns how many."""
    past = WaitlistEntry.objects.filter(status=EntryStatus.WAITING, latest__lt=clock.today(at))
    return sum(_expire(entry) for entry in past)


def _expire(entry: WaitlistEntry) -> int:
    def work() -> int:
        waiting = _lock(entry)
        if waiting.status != EntryStatus.WAITING:
            return 0
        _set(waiting, EntryStatus.EXPIRED)
        return 1

    return once(system_origin(), work, "date passed")


def _lock(entry: WaitlistEntry) -> WaitlistEntry:
    """Patient first, as everywhere (docs/locking.md), then the entry."""
    Patient.objects.select_for_update(no_key=True).filter(pk=entry.patient_id).values_list("pk").first()
    rows = WaitlistEntry.objects.select_for_update(no_key=True, of=("self",)).select_related("patient", "service")
    return rows.get(pk=entry.pk)


def _lock_offer(ref: WaitlistOffer | UUID, at: dt.datetime) -> WaitlistOffer:
    named = {"uuid": ref} if isinstance(ref, UUID) else {"pk": ref.pk}
    running = WaitlistOffer.objects.select_related("entry").filter(**named).first()
    if running is None:
        raise OfferOver(status=OfferStatus.LAPSED.label)
    entry = _lock(running.entry)
    running.refresh_from_db()
    running.entry = entry
    if running.status != OfferStatus.OPEN:
        raise OfferOver(status=running.get_status_display())
    if running.expires_at <= at:
        raise OfferOver(status=OfferStatus.LAPSED.label)
    return running


def _close(running: WaitlistOffer, status: str, origin: Origin, at: dt.datetime) -> None:
    """End an offer and free its place, unless that has been given up, has ended or was stopped already."""
    kept = running.appointment
    if kept.status == AppointmentStatus.HELD and not kept.has_lapsed(at):
        holds.release(hold=running.appointment, origin=Origin(running.by, origin.channel), at=at)
    _answer(running, status, at)


def _answer(running: WaitlistOffer, status: str, at: dt.datetime) -> None:
    running.status, running.answered_at = status, at
    running.save()


def _set(entry: WaitlistEntry, status: str) -> WaitlistEntry:
    entry.status = status
    entry.save()
    return entry
