"""Sessions, slots and places for the visits of a batch. Imported visits are claims in the one pool, like all others.

Slots are chosen first and locked, by id, only when their places are taken; patients were locked before them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F

from common.history import record_history
from directory.models import HealthcareService, Practitioner
from scheduling.models import CLAIMING, Appointment, Session, SessionStatus, Slot

from .visits import Visit

Kind = tuple[int, int, dt.date]  # practitioner, service, day


@dataclass
class Wanted:
    """A visit with its people and places, on its way to a slot."""

    visit: Visit
    service: HealthcareService
    practitioner: Practitioner
    slot: Slot | None = None
    place: int = 1

    @property
    def kind(self) -> Kind:
        return self.practitioner.pk, self.service.pk, self.visit.day


class Pool:
    """The sessions that a batch touches."""

    def __init__(self, wanted: list[Wanted]) -> None:
        self._sessions = _live_sessions(wanted)
        self._slots: dict[int, list[Slot]] = defaultdict(list)  # by id(session): new ones have no key yet
        self._new_sessions: list[Session] = []
        self._new_slots: list[Slot] = []
        self._read_slots()
        for one in wanted:
            one.slot = self._slot_for(one)
        self._store()

    def _read_slots(self) -> None:
        sessions = {session.pk: session for some in self._sessions.values() for session in some}
        for slot in Slot.objects.in_roster().filter(session__in=sessions).order_by("starts_at"):
            slot.session = sessions[slot.session_id]
            self._slots[id(slot.session)].append(slot)

    def _slot_for(self, one: Wanted) -> Slot:
        visit, session = one.visit, self._session_for(one)
        slots = self._slots[id(session)]
        exact = next((slot for slot in slots if slot.starts_at == visit.starts_at), None)
        around = next((slot for slot in slots if slot.starts_at < visit.starts_at < slot.ends_at), None)
        return exact or around or self._new_slot(session, one)

    def _session_for(self, one: Wanted) -> Session:
        sessions, start = self._sessions[one.kind], one.visit.session_starts_at
        around = (s for s in sessions if s.starts_at <= one.visit.starts_at < s.ends_at or s.starts_at == start)
        return next(around, None) or self._new_session(one)

    def _new_session(self, one: Wanted) -> Session:
        visit = one.visit
        session = Session(
            practitioner=one.practitioner,
            service=one.service,
            day=visit.day,
            starts_at=visit.session_starts_at,
            ends_at=visit.session_ends_at,
            released_at=one.service.release_at(visit.day),
        )
        self._sessions[one.kind].append(session)
        self._new_sessions.append(session)
        return session

    def _new_slot(self, session: Session, one: Wanted) -> Slot:
        visit = one.visit
        slot = Slot(
            session=session,
            service=one.service,
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
            capacity=visit.capacity,
        )
        self._slots[id(session)].append(slot)
        self._new_slots.append(slot)
        return slot

    def _store(self) -> None:
        Session.objects.bulk_create(self._new_sessions)
        Slot.objects.bulk_create(self._new_slots)
        for rows in (self._new_sessions, self._new_slots):
            if rows:
                record_history(type(rows[0]).objects.filter(pk__in=[one.pk for one in rows]), "+")


@dataclass
class Tally:
    """A locked slot, the places that live claims have there, and what this batch adds."""

    slot: Slot
    places: set[int] = field(default_factory=set)
    claimed: int = 0
    grown: int = 0

    @property
    def left(self) -> int:
        """Places that nobody has."""
        return self.slot.capacity + self.grown - self.slot.taken - self.claimed

    def claim(self, *, grows: bool) -> int | None:
        """The lowest free place; None when the slot is full and does not grow."""
        if self.left <= 0:
            if not grows:
                return None
            self.grown += 1
        self.claimed += 1
        place = next(number for number in range(1, len(self.places) + 2) if number not in self.places)
        self.places.add(place)
        return place


class Claims:
    """The locked slots of a batch; `store` takes the places in as many statements as there are different sums."""

    def __init__(self, slots: Iterable[Slot]) -> None:
        pks = {slot.pk for slot in slots}
        locked = Slot.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")
        self._tallies = {slot.pk: Tally(slot) for slot in locked}
        live = Appointment.objects.filter(slot__in=pks, status__in=CLAIMING).order_by()
        for slot_id, place in live.values_list("slot_id", "place"):
            self._tallies[slot_id].places.add(place)

    def at(self, slot: Slot) -> Tally:
        """The tally of a slot."""
        return self._tallies[slot.pk]

    def store(self) -> None:
        """Take the places, and let slots grow that the map lets grow."""
        sums: dict[tuple[int, int], list[int]] = defaultdict(list)
        for tally in self._tallies.values():
            if tally.claimed:
                sums[tally.claimed, tally.grown].append(tally.slot.pk)
        for (claimed, grown), pks in sums.items():
            slots = Slot.objects.filter(pk__in=pks)
            slots.update(taken=F("taken") + claimed, capacity=F("capacity") + grown)
            if grown:
                record_history(slots, "~")


def _live_sessions(wanted: list[Wanted]) -> dict[Kind, list[Session]]:
    found: dict[Kind, list[Session]] = defaultdict(list)
    sessions = Session.objects.filter(
        day__in={one.visit.day for one in wanted}, practitioner__in={one.practitioner.pk for one in wanted}
    )
    for session in sessions.exclude(status=SessionStatus.CANCELLED).order_by("starts_at"):
        found[session.practitioner_id, session.service_id, session.day].append(session)
    return found
