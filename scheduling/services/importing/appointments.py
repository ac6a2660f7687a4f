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
from patients.services.importing.loop import CREATED, REPEATED, Stored
from patients.services.importing.people import PeopleImporter
from patients.services.importing.rows import BadRow, MappedRow
from scheduling.errors import SlotFull
from scheduling.models import Appointment, AppointmentEvent, AppointmentStatus, EventKind, Slot
from scheduling.services import rules

from . import visits
from .beyond import ChannelPlaces, Diary
from .persons import Person, Persons
from .places import Places
from .pool import Claims, Pool, Tally, Wanted
from .visits import Visit

AFTER = {
    AppointmentStatus.FULFILLED: EventKind.FULFILLED,
    AppointmentStatus.NOSHOW: EventKind.NOSHOW,
    AppointmentStatus.CANCELLED: EventKind.CANCELLED,
}


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
        with acting(self._by, "import"):
            results = self._sort_out(items)
            fresh = [index for index, result in enumerate(results) if result == CREATED]
            stored = dict(zip(fresh, self._store([items[index] for index in fresh]), strict=True))
        results = [stored.get(index, result) for index, result in enumerate(results)]
        self._remember(items, results)
        return results

    def _sort_out(self, items: Sequence[Visit]) -> list[Stored | BadRow]:
        """Which visits are new, which are known, which are known otherwise."""
        events = AppointmentEvent.objects.filter(by=self._system, request_key__in=[one.key for one in items])
        known = self._seen | dict(events.values_list("request_key", "request_digest"))
        results: list[Stored | BadRow] = []
        for one in items:
            digest = known.setdefault(one.key, "")
            if digest and digest != one.digest:
                results.append(BadRow("known_otherwise", _("this appointment is known with other content")))
            else:
                results.append(REPEATED if digest else CREATED)
            known[one.key] = digest or one.digest
        return results

    def _remember(self, items: Sequence[Visit], results: list[Stored | BadRow]) -> None:
        """Not before the end: what the database refused is tried again."""
        refused = {one.key: result for one, result in zip(items, results, strict=True) if isinstance(result, BadRow)}
        for index, one in enumerate(items):
            if results[index] == REPEATED and one.key in refused and one.key not in self._seen:
                results[index] = refused[one.key]  # the same row twice, and its first was refused
            elif one.key not in refused:
                self._seen[one.key] = one.digest

    def _store(self, fresh: list[Visit]) -> list[Stored | BadRow]:
        """Store all, or undo all and store those that nothing stands against: so a refused row leaves nothing."""
        results: list[Stored | BadRow] = [CREATED] * len(fresh)
        while True:
            good = [index for index, result in enumerate(results) if result == CREATED]
            try:
                with transaction.atomic():
                    stored = self._store_all([fresh[index] for index in good])
            except _Refused as refused:
                for position, problem in refused.problems.items():
                    results[good[position]] = problem
            else:
                told = dict(zip(good, stored, strict=True))
                return [told.get(index, result) for index, result in enumerate(results)]

    def _store_all(self, fresh: list[Visit]) -> list[Stored]:
        """Raises _Refused when any of them cannot be stored."""
        if not fresh:
            return []
        persons, places = Persons([one.who for one in fresh], by=self._by), Places()
        items = [self._item(one, persons, places) for one in fresh]
        _refuse(items)
        persons.register([item.person for item in items])
        Pool(items)
        self._claim(items)
        _refuse(items)
        self._write(items)
        return [item.result for item in items]

    def _item(self, visit: Visit, persons: Persons, places: Places) -> _Item:
        person = persons.find(visit.who)
        service, practitioner = places.find(visit)
        item = _Item(visit, service, practitioner)
        if isinstance(person, BadRow):
            item.result = person
        else:
            item.person = person
        return item

    def _claim(self, items: list[_Item]) -> None:
        """Take a place for each visit that has one; a clash is the row's own misfortune."""
        diary = _lock_diary([item.patient.pk for item in items if item.visit.is_ahead])
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
    """Some visits of a batch cannot be stored: by position, what stands against each."""

    def __init__(self, problems: dict[int, BadRow]) -> None:
        super().__init__(len(problems))
        self.problems = problems


def _refuse(items: list[_Item]) -> None:
    problems = {index: item.result for index, item in enumerate(items) if isinstance(item.result, BadRow)}
    if problems:
        raise _Refused(problems)


def _lock_diary(patients: list[int]) -> Diary:
    """Their rows are locked against other bookings until the batch is stored."""
    rows = Patient.objects.select_for_update(no_key=True).filter(pk__in=patients).order_by("pk")
    list(rows.values_list("pk"))
    return Diary(patients, clock.now())


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
    rules.check_person(item.patient, locked, at)
    if locked.ends_at > at:
        rules.check_slot(locked, Channel.DESK, max(at, locked.session.released_at))


KIND = runs.Kind(visits.FIELDS, visits.REQUIRED, AppointmentImporter, "patients.import_patient")
runs.register_kind(ImportKind.APPOINTMENTS, KIND)  # the admin's page and the worker offer it from now on
