"""A visit, or a place that may become one, as patients read it: enough to come, and no more of the person than they
need to know whose it is."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from common import clock
from common.references import show_reference
from directory.models import Site
from patients.models import Patient
from portal import showing, stands, times
from portal.showing import Shown
from portal.stands import Stands
from scheduling.models import Appointment, Slot


@dataclass(frozen=True)
class Card:
    """slot, number: the place, which says when to arrive. shown: where, with whom, what. stands: see `Stands`; "" for a
    kept place."""

    uuid: Any
    name: str
    slot: Slot
    shown: Shown
    reference: str = ""
    stands: str = ""
    badge: Any = ""
    tone: str = "info"
    number: int = 1

    @property
    def is_to_come(self) -> bool:
        """Somebody is expected."""
        return self.stands in stands.TO_COME

    @property
    def is_off(self) -> bool:
        """Nobody is or was expected."""
        return self.stands in (Stands.CANCELLED, Stands.STOPPED)

    @property
    def when(self) -> str:
        """Day and period of arrival, for a sentence."""
        return times.of_slot(self.slot, self.number)

    @property
    def site(self) -> Site:
        """Where it is."""
        return self.shown.site


def visit(booking: Appointment, at: dt.datetime | None = None) -> Card:
    """A visit read `for_desk`."""
    how = stands.of(booking, at or clock.now())
    return Card(
        booking.uuid, booking.patient.name_masked, booking.slot, showing.visit(booking),
        show_reference(booking.reference), how, stands.BADGE[how], stands.said(how, "").tone, booking.place,
    )  # fmt: skip


def place(slot: Slot, patient: Patient) -> Card:
    """A slot read `with_session`, which that person may have."""
    return Card(slot.uuid, patient.name_masked, slot, showing.place(slot))


def phones(site: Site) -> dict[str, list[Site]]:
    """Whom to call about a visit: its site, else every one that can be called."""
    return {"sites": [site]} if site.phone else {}


def is_today(booking: Appointment, at: dt.datetime) -> bool:
    """Is the visit on the hospital's day of `at`?"""
    return clock.today(booking.starts_at) == clock.today(at) and Stands(stands.of(booking, at)) in stands.TO_COME
