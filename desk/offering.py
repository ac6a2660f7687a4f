"""What the booking desk offers: the soonest places, and a week that says why the rest is not to be had."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from common import clock
from common.errors import Refusal
from directory.models import Practitioner
from patients.models import Patient
from scheduling.models import Slot
from scheduling.services import free_places, rules
from scheduling.services.free_places import Found, Wish
from scheduling.services.origin import Origin

DAYS = 7  # columns of the table
SOONEST = 6  # buttons above it
AHEAD = dt.timedelta(days=90)  # how far the soonest place is looked for
PAGE = 1_000  # slots read at a time


WORDS = {
    "slot_full": pgettext_lazy("place", "full"),
    "slot_blocked": pgettext_lazy("place", "blocked"),
    "session_stopped": pgettext_lazy("place", "stopped"),
    "channel_reserved": pgettext_lazy("place", "kept for others"),
    "channel_share_used": pgettext_lazy("place", "share used up"),
    "channel_closed": pgettext_lazy("place", "closed for this channel"),
}


def short(refusal: Refusal) -> str:
    """Why, in two or three words for a table; its whole sentence is the tooltip."""
    opens = refusal.params.get("opens")
    if opens:
        return _("opens %(when)s") % {"when": opens}
    return str(WORDS.get(refusal.code) or refusal)


@dataclass
class DayCell:
    """One practitioner on one day."""

    practitioner: Practitioner
    day: dt.date
    found: list[Found] = field(default_factory=list)

    @property
    def key(self) -> str:
        """As it stands in an address."""
        return f"{self.practitioner.uuid}.{self.day.isoformat()}"

    @cached_property
    def free(self) -> int:
        """Places that can be booked now."""
        return sum(one.free for one in self.found)

    @property
    def first(self) -> Slot | None:
        """The first free time."""
        return next((one.slot for one in self.found if one.free), None)

    @cached_property
    def why(self) -> Refusal | None:
        """The most frequent reason when nothing is free."""
        reasons = [one.why for one in self.found if one.why]
        often = Counter(why.code for why in reasons)
        return max(reasons, key=lambda why: often[why.code], default=None)

    @property
    def why_short(self) -> str:
        return short(self.why) if self.why else ""

    @property
    def times(self) -> list[tuple[Found, str]]:
        """Each time with a short reason when it cannot be had."""
        return [(one, "" if one.free else short(one.why) if one.why else "") for one in self.found]


@dataclass
class Line:
    """A practitioner's week, and why the service is not for this patient, if so."""

    practitioner: Practitioner
    cells: list[DayCell]
    not_for: Refusal | None = None


@dataclass
class Offering:
    """The answer to one question of the desk."""

    days: list[dt.date]
    lines: list[Line]
    soonest: list[Slot]
    pairs: list[tuple[Slot, Slot]]  # the soonest two places side by side, when two people come
    chosen: DayCell | None = None
    reasons: list[Refusal] = field(default_factory=list)  # why nothing at all is free

    @property
    def previous(self) -> dt.date:
        return self.days[0] - dt.timedelta(days=DAYS)

    @property
    def next(self) -> dt.date:
        return self.days[-1] + dt.timedelta(days=1)


def offer(
    wish: Wish,
    *,
    patient: Patient,
    origin: Origin,
    for_two: bool = False,
    chosen: str = "",
    at: dt.datetime | None = None,
) -> Offering:
    """What fits the wish from its first day on. chosen: `DayCell.key` of the day whose times are shown."""
    at = at or clock.now()
    ahead = replace(wish, last_day=wish.first_day + AHEAD)
    soonest = list(islice(_found(replace(ahead, limit=PAGE // 50), origin, at), SOONEST))  # a page may hold none for us
    days = [wish.first_day + dt.timedelta(days=n) for n in range(DAYS)]
    lines = list(_lines(_week(wish, origin, at), days, patient))
    cells = {cell.key: cell for line in lines for cell in line.cells if cell.found}
    pairs = list(islice(_pairs(_found(replace(ahead, limit=PAGE // 5), origin, at)), SOONEST)) if for_two else []
    offering = Offering(days, lines, [one.slot for one in soonest], pairs)
    offering.chosen = cells.get(chosen) or next((cell for cell in cells.values() if cell.free), None)
    if not offering.soonest:
        offering.reasons = free_places.why_nothing(ahead, origin=origin, at=at)
    return offering


def _week(wish: Wish, origin: Origin, at: dt.datetime) -> Iterator[Found]:
    """Every slot of the week, free or not."""
    last = wish.first_day + dt.timedelta(days=DAYS - 1)
    return _found(replace(wish, last_day=last, include_full=True, limit=PAGE), origin, at)


def _found(wish: Wish, origin: Origin, at: dt.datetime) -> Iterator[Found]:
    """All pages of a search, read as they are needed."""
    while True:
        page = free_places.search(wish, origin=origin, at=at)
        yield from page.found
        if not page.cursor:
            return
        wish = replace(wish, after=page.cursor)


def _pairs(found: Iterable[Found]) -> Iterator[tuple[Slot, Slot]]:
    """Two places of one practitioner, one right after the other, or two of one time that has more."""
    before: dict[int, Slot] = {}  # the latest time of each session that nobody shares yet
    for one in found:
        slot = one.slot
        last = before.pop(slot.session_id, None)
        if last is not None and last.ends_at == slot.starts_at:
            yield last, slot
        elif one.free > 1:
            yield slot, slot
        else:
            before[slot.session_id] = slot


def _lines(found: Iterator[Found], days: list[dt.date], patient: Patient) -> Iterator[Line]:
    people: dict[int, Practitioner] = {}
    places: dict[int, dict[dt.date, list[Found]]] = {}
    for one in found:
        person, day = one.slot.session.practitioner, clock.local(one.slot.starts_at).date()
        people[person.pk] = person
        places.setdefault(person.pk, {}).setdefault(day, []).append(one)
    for person in sorted(people.values(), key=lambda person: (person.name_pinyin, person.pk)):
        by_day = places[person.pk]
        cells = [DayCell(person, day, by_day.get(day, [])) for day in days]
        slots = {one.slot.service_id: one.slot for some in by_day.values() for one in some}
        yield Line(person, cells, _not_for(patient, list(slots.values())))


def _not_for(patient: Patient, slots: list[Slot]) -> Refusal | None:
    """Why none of the services is for this patient (age, sex); None when one is."""
    refusal = None
    for slot in slots:
        try:
            rules.check_service(patient, slot)
        except Refusal as refused:
            refusal = refused
        else:
            return None
    return refusal
