"""SIMULATION: the weeks before a run, without reminders, so that risks have something to be learnt from.

Written as rows, as the demo's past is: nobody hears of what is over. The people and their odds are those of the run.
"""

import datetime as dt

from accounts.models import Channel, User
from benchmarks.quarter.odds import AHEAD, draw
from benchmarks.quarter.town import Town
from common import clock
from scheduling.models import Appointment, AppointmentStatus, Slot

ASKED = dt.time(9)


def write(town: Town, desk: User, until: dt.date, filled: float) -> None:
    """Visits of the slots before `until`, people in turn; filled: the share of places that were taken."""
    slots = Slot.objects.filter(session__day__lt=until)
    rows = slots.order_by("starts_at", "pk").select_related("session")
    taken = [slot for number, slot in enumerate(rows) if draw(town.seed, "past", number) < filled]
    rows = [_visit(town, desk, slot, number) for number, slot in enumerate(taken)]
    for row in rows:
        row.status = AppointmentStatus.NOSHOW if town.would_miss(row) else AppointmentStatus.FULFILLED
    Appointment.objects.bulk_create(rows, batch_size=1_000)
    slots.filter(pk__in=Appointment.objects.values("slot")).update(taken=1)


def _visit(town: Town, desk: User, slot: Slot, number: int) -> Appointment:
    first, last = AHEAD
    lead = first + int(draw(town.seed, "past lead", number) * (last - first + 1))
    asked = clock.at_wall(slot.session.day - dt.timedelta(days=lead), ASKED)
    return Appointment(
        patient=town.people[number % len(town.people)], slot=slot, place=1, starts_at=slot.starts_at,
        ends_at=slot.ends_at, channel=Channel.DESK, by=desk, requested_at=asked, created_at=asked,
    )  # fmt: skip
