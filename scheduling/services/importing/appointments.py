"""The importer of appointments."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Channel, User
from accounts.services.actors import system_user
from common import clock
from common.errors import Refusal
from common.history import acting, record_history
from patients.models import ImportKind, Patient
from patients.services.importing import runs
from patients.services.importing.loop import CREATED, REPEATED, UPDATED, Stored
from patients.services.importing.people import PeopleImporter
from patients.services.importing.rows import BadRow, MappedRow
from scheduling.errors import SlotFull
from scheduling.models import Appointment, AppointmentEvent, AppointmentStatus, EventKind, Slot
from scheduling.services import rules
from scheduling.services.reading import lock_slots

from . import visits
from .beyond import ChannelPlaces, Diary
from .known import Known
from .outcomes import AFTER, Outcome, lock, settle
from .persons import Person, Persons
from .places import Places
from .pool import Claims, Pool, Tally, Wanted
from .visits import Visit


@dataclass
class _Item(Wanted):
    """A visit of the batch on its way to a row, and what its row in the file is answered."""

    person: Person | None = None
    result: Stored | BadRow = CREATED

    @property
    def patient(self) -> Patient:
        return self.person.patient


class AppointmentImporter:
    """Stores visits of another system once: the number that it gave a visit is the request key of its booking."""

    def __init__(self, *, by: User) -> None:
        self._by = by
        self._people = PeopleImporter(by=by)
        self._system = system_user()  # author of every booking's fact: so the key is unique whoever imports
        self._seen: dict[str, str] = {}  # of this run: a dry run stores nothing to compare with

    def read(self, row: MappedRow) -> Visit:
        """A checked visit with its person. Raises BadRow naming the column."""
        return visits.read(row, self._people.read(row), clock.now())

    def store(self, items: Sequence[Visit]) -> list[Stored | BadRow]:
        """Store whoever and whatever is new, inside the caller's transaction."""
        known = Known(items, by=self._system)
        results = self._sort_out(items, known)
        pairs = list(zip(items, results, strict=True))
        fresh = [one for one, result in pairs if result == CREATED]
        outcomes = [Outcome(one, known.booking(one)) for one, result in pairs if result == UPDATED]
        with acting(self._by, "import"):
            stored = self._store(fresh, outcomes)
        results = [stored[one.key] if result in (CREATED, UPDATED) else result for one, result in pairs]
        self._remember(items, results)
        return results

    def _sort_out(self, items: Sequence[Visit], known: Known) -> list[Stored | BadRow]:
        """Which visits are new, which are known, which are known otherwise; a file's first word on a visit counts."""
        seen = dict(self._seen)
        results: list[Stored | BadRow] = []
        for one in items:
            if one.key not in seen:
                results.append(known.compare(one))
            elif seen[one.key] == one.digest:
                results.append(REPEATED)
            else:
                results.append(BadRow("known_otherwise", _("this appointment is known with other content")))
            if results[-1] in (CREATED, UPDATED):
                seen[one.key] = one.digest
        return results

    def _remember(self, items: Sequence[Visit], results: list[Stored | BadRow]) -> None:
        """Not before the end: what the database refused is tried again."""
        refused = {one.key: result for one, result in zip(items, results, strict=True) if isinstance(result, BadRow)}
        for index, one in enumerate(items):
            if results[index] == REPEATED and one.key in refused and one.key not in self._seen:
                results[index] = refused[one.key]  # the same row twice, and its first was refused
            elif isinstance(results[index], Stored) and results[index] != REPEATED:
                self._seen[one.key] = one.digest

    def _store(self, fresh: list[Visit], outcomes: list[Outcome]) -> dict[str, Stored | BadRow]:
        """Store all, or undo all and store those that nothing stands against: so a refused row leaves nothing.

        Returns what became of each visit, by its key.
        """
        refused: dict[str, BadRow] = {}
        while True:
            try:
                with transaction.atomic():
                    stored = self._store_all(
                        [one for one in fresh if one.key not in refused],
                        [one for one in outcomes if one.visit.key not in refused],
                    )
            except _Refused as more:
                refused |= more.problems
            else:
                return stored | refused

    def _store_all(self, fresh: list[Visit], outcomes: list[Outcome]) -> dict[str, Stored]:
        """Raises _Refused when any of them cannot be stored."""
        if not fresh and not outcomes:
            return {}
        persons, places = Persons([one.who for one in fresh], by=self._by), Places()
        items = [self._item(one, persons, places) for one in fresh]
        _refuse(items)
        persons.register([item.person for item in items])
        Pool(items)
        self._lock(items, outcomes)
        self._settle(outcomes)
        self._claim(items)
        _refuse([*items, *outcomes])
        self._write(items)
        return {one.visit.key: one.result for one in (*items, *outcomes)}

    def _item(self, visit: Visit, persons: Persons, places: Places) -> _Item:
        person = persons.find(visit.who)
        service, practitioner = places.find(visit)
        item = _Item(visit, service, practitioner)
        if isinstance(person, BadRow):
            item.result = person
        else:
            item.person = person
        return item

    def _lock(self, items: list[_Item], outcomes: list[Outcome]) -> None:
        """Patients, bookings, slots, each by id: what the rows free and what they take, in the order of all locks."""
        patients = {item.patient.pk for item in items if item.visit.is_ahead} | {
            one.booking.patient_id for one in outcomes
        }
        rows = Patient.objects.select_for_update(no_key=True).filter(pk__in=patients).order_by("pk")
        list(rows.values_list("pk"))
        locked = lock(outcomes)
        for one in outcomes:
            one.booking = locked[one.booking.pk]
        freed = [one.booking.slot_id for one in outcomes if one.visit.status == AppointmentStatus.CANCELLED]
        lock_slots(*freed, *(item.slot.pk for item in items if item.visit.status != AppointmentStatus.CANCELLED))

    def _settle(self, outcomes: list[Outcome]) -> None:
        """Before places are taken: what was cancelled may be another row's place."""
        for one in outcomes:
            try:
                settle(one.visit, one.booking, by=self._system)
            except Refusal as refusal:
                one.result = BadRow(refusal.code, str(refusal))

    def _claim(self, items: list[_Item]) -> None:
        """Take a place for each visit that has one; a clash is the row's own misfortune."""
        diary = Diary([item.patient.pk for item in items if item.visit.is_ahead], clock.now())
        claims = Claims(item.slot for item in items if item.visit.status != AppointmentStatus.CANCELLED)
        places = ChannelPlaces(clock.now())
        for item in items:
            if item.visit.status == AppointmentStatus.CANCELLED:
                continue
            try:
                self._claim_one(item, claims.at(item.slot), diary, places)
            except Refusal as refusal:
                item.result = BadRow(refusal.code, str(refusal))
        claims.store()

    def _claim_one(self, item: _Item, tally: Tally, diary: Diary, places: ChannelPlaces) -> None:
        slot, visit, left = item.slot, item.visit, tally.left
        slot.service = item.service
        if visit.is_ahead:
            _check(item, tally.slot)
            diary.check(item.patient.pk, slot)
            item.result = _told(item, diary, places)
        place = tally.claim(grows=visit.grows)
        if place is None:
            raise SlotFull(field="slot")
        item.place = place
        if visit.is_ahead:
            diary.note(item.patient.pk, slot)
            places.note(slot, visit.channel, left - tally.left)

    def _write(self, items: list[_Item]) -> None:
        stored = Appointment.objects.bulk_create([self._appointment(item) for item in items])
        events = [event for item, one in zip(items, stored, strict=True) for event in self._events(item, one)]
        AppointmentEvent.objects.bulk_create(events)
        record_history(Appointment.objects.filter(pk__in=[one.pk for one in stored]), "+")

    def _appointment(self, item: _Item) -> Appointment:
        visit = item.visit
        return Appointment(
            patient=item.patient,
            slot=item.slot,
            place=item.place,
            starts_at=item.slot.starts_at,
            ends_at=item.slot.ends_at,
            channel=visit.channel,
            reason=visit.reason,
            status=visit.status,
            cancelled_at=visit.cancelled_at,
            cancel_cause=visit.cause,
            by=self._by,
            requested_at=visit.asked_at,
            created_at=visit.asked_at,
        )

    def _events(self, item: _Item, appointment: Appointment) -> list[AppointmentEvent]:
        visit = item.visit
        booked = self._event(appointment, EventKind.BOOKED, visit.asked_at)
        booked.reason = item.result.warning[:200]
        booked.request_key, booked.request_digest = visit.key, visit.digest
        if visit.status not in AFTER:
            return [booked]
        at = visit.cancelled_at or max(appointment.ends_at, visit.asked_at)
        return [booked, self._event(appointment, AFTER[visit.status], at)]

    def _event(self, appointment: Appointment, kind: str, at: dt.datetime) -> AppointmentEvent:
        return AppointmentEvent(
            appointment=appointment, kind=kind, at=at, by=self._system, channel=Channel.IMPORT, slot=appointment.slot
        )


class _Refused(Exception):
    """Some visits of a batch cannot be stored: by key, what stands against each."""

    def __init__(self, problems: dict[str, BadRow]) -> None:
        super().__init__(len(problems))
        self.problems = problems


def _refuse(items: Sequence[_Item | Outcome]) -> None:
    problems = {item.visit.key: item.result for item in items if isinstance(item.result, BadRow)}
    if problems:
        raise _Refused(problems)


def _told(item: _Item, diary: Diary, places: ChannelPlaces) -> Stored:
    """Stored, and beyond which limits and rules: the promise was made elsewhere, but nobody makes it in silence."""
    slot, visit = item.slot, item.visit
    told = []
    for check in (
        lambda: diary.check_limits(item.patient.pk, slot),
        lambda: places.check(slot, visit.channel, visit.asked_at),
    ):
        try:
            check()
        except Refusal as refusal:
            told.append(str(refusal))
    return Stored(CREATED.how, _("stored all the same: %s") % " ".join(told)) if told else CREATED


def _check(item: _Item, locked: Slot) -> None:
    """A booking ahead is for somebody who may come, in a slot that takes people. Raises Refusal."""
    locked.session, locked.service = item.slot.session, item.service
    at = clock.now()
    rules.check_person(item.patient, locked)
    if locked.ends_at > at:
        rules.check_slot(locked, Channel.DESK, max(at, locked.session.released_at))


KIND = runs.Kind(visits.FIELDS, visits.REQUIRED, AppointmentImporter, "patients.import_patient")
runs.register_kind(ImportKind.APPOINTMENTS, KIND)  # the admin's page and the worker offer it from now on
