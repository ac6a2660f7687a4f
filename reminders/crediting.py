"""Which message a booking is owed to. Pure.

A booking within 14 days after a message arrived counts for it; of several campaigns only for the last one before it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

WINDOW = dt.timedelta(days=14)


@dataclass(frozen=True)
class Touch:
    """A campaign's message that arrived. departments: where a booking counts for it; empty: anywhere."""

    campaign: int
    at: dt.datetime
    departments: frozenset[int] = frozenset()

    def leads_to(self, booked: "Booked") -> bool:
        """May the booking be owed to it?"""
        return self.at < booked.at <= self.at + WINDOW and counts(booked, self.departments)

    def leads_to_any(self, bookings: Iterable["Booked"]) -> bool:
        """May any of them be owed to it?"""
        return any(self.leads_to(booked) for booked in bookings)


@dataclass(frozen=True)
class Booked:
    """Somebody booked, when and in which department."""

    at: dt.datetime
    department: int


def counts(booked: Booked, departments: frozenset[int]) -> bool:
    """Is it in one of these departments? Empty: anywhere."""
    return not departments or booked.department in departments


def is_owed(campaign: int, touches: Iterable[Touch], bookings: Iterable[Booked]) -> bool:
    """Of one person: does any booking count for this campaign, whose message was the last one before it?"""
    known = sorted(touches, key=lambda touch: (touch.at, touch.campaign))
    for booked in bookings:
        led = [touch for touch in known if touch.leads_to(booked)]
        if led and led[-1].campaign == campaign:
            return True
    return False
