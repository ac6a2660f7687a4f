"""SIMULATION: the invented people of a run, what has reached them, and what is counted."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from benchmarks.quarter import odds
from benchmarks.quarter.odds import Person
from common import clock
from patients.models import Patient
from scheduling.models import Appointment


@dataclass
class Town:
    """people: by number, which is the same in all runs of a seed. counts: by Monday of a week."""

    seed: int
    people: list[Patient]
    counts: dict[dt.date, Counter] = field(default_factory=lambda: defaultdict(Counter))
    reminded: Counter = field(default_factory=Counter)  # booking and version -> reminders that reached them
    called: set[int] = field(default_factory=set)  # bookings about which a call reached them

    @cached_property
    def _number_of(self) -> dict[int, int]:
        return {one.pk: number for number, one in enumerate(self.people)}

    def person(self, patient: int) -> Person:
        """How they behave; patient: their key."""
        return Person(self.seed, self._number_of[patient])

    def would_miss(self, one: Appointment) -> bool:
        """With what has reached them until now."""
        told, called = self.reminded[(one.pk, one.version)], one.pk in self.called
        return self.person(one.patient_id).would_miss(visit(one), told, called=called, by=self._turned(one))

    def _turned(self, one: Appointment) -> float:
        day, born = clock.local(one.starts_at).date(), self.people[self._number_of[one.patient_id]].birth_date
        lead = (day - clock.local(one.requested_at).date()).days
        return odds.turned(lead, (day - born).days * 4 // 1461)

    def count(self, what: str, at: dt.datetime, many: int = 1) -> None:
        """In the week of `at`."""
        day = clock.local(at).date()
        self.counts[day - dt.timedelta(days=day.weekday())][what] += many


def visit(one: Appointment) -> str:
    """The same visit in all runs: a person has at most one on a day."""
    return clock.local(one.starts_at).date().isoformat()
