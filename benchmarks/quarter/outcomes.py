"""SIMULATION: what became of the visits of a run, and what the program sent and asked staff to do."""

import datetime as dt
from collections import Counter, defaultdict

from benchmarks.quarter.counting import AT_RISK, BOOKED, CAME, CANCELLED, MISSED, PLACES, REBOOKED, REFILLED, RISK_FROM
from benchmarks.quarter.town import Town
from common import clock
from interactions.models import Task
from messaging.models import Delivery, DeliveryState, InboundMessage
from reminders.models import Audience, Step
from reminders.models.ladder import RISKIEST
from reminders.rung import prefix
from scheduling.models import Appointment, AppointmentStatus, NoShowScore, Slot

REBOOKED_WITHIN = dt.timedelta(days=14)
ENDS = {
    AppointmentStatus.NOSHOW: MISSED,
    AppointmentStatus.FULFILLED: CAME,
    AppointmentStatus.CANCELLED: CANCELLED,
}
HEARD = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED)


def count(town: Town, first: dt.date, last: dt.date) -> None:
    """All visits of these days, by the week of the visit."""
    rows = list(Appointment.objects.filter(slot__session__day__range=(first, last), status__in=ENDS).order_by("pk"))
    for one in rows:
        town.count(BOOKED, one.starts_at)
        town.count(ENDS[AppointmentStatus(one.status)], one.starts_at)
    for slot in Slot.objects.filter(session__day__range=(first, last)):
        town.count(PLACES, slot.starts_at, slot.capacity)
    _count_spoken_to(town, rows)
    _count_risks(town, rows)
    count_refilled(town, rows)
    _count_rebooked(town, rows)


def _count_spoken_to(town: Town, rows: list[Appointment]) -> None:
    """Of the visits those for which a step for the riskiest was planned, whether anybody was reached or not."""
    begins = tuple(prefix(step) for step in Step.objects.filter(audience=Audience.AT_RISK))
    planned = (*Delivery.objects.values_list("key", "about_id"), *Task.objects.values_list("key", "about_id"))
    spoken_to = {about for key, about in planned if begins and key.startswith(begins)}
    for one in rows:
        town.count(AT_RISK, one.starts_at, int(one.pk in spoken_to))


def _count_risks(town: Town, rows: list[Appointment]) -> None:
    """Of each week, the risk in per cent from which on a visit is among the week's riskiest, as the last night said."""
    risks: dict[dt.date, list[float]] = defaultdict(list)
    scores = NoShowScore.objects.filter(appointment__in=[one.pk for one in rows])
    for starts_at, risk in scores.values_list("appointment__starts_at", "probability"):
        day = clock.local(starts_at).date()
        risks[day - dt.timedelta(days=day.weekday())].append(100 * risk)
    for monday, known in risks.items():
        town.counts[monday][RISK_FROM] = sorted(known, reverse=True)[(len(known) * RISKIEST - 1) // 100]


def count_refilled(town: Town, rows: list[Appointment]) -> None:
    """Of the cancelled visits those whose place somebody else had afterwards."""
    of_slot: dict[int, list[Appointment]] = defaultdict(list)
    for one in rows:
        of_slot[one.slot_id].append(one)
    for claims in of_slot.values():
        ended = sum(one.status == AppointmentStatus.CANCELLED for one in claims)
        is_kept = len(claims) > ended
        town.count(REFILLED, claims[0].starts_at, ended if is_kept else ended - 1)


def _count_rebooked(town: Town, rows: list[Appointment]) -> None:
    """Of the missed visits those after which the person made another booking within a fortnight."""
    for one in rows:
        if one.status == AppointmentStatus.NOSHOW:
            within = (one.starts_at, one.starts_at + REBOOKED_WITHIN)
            again = Appointment.objects.filter(patient=one.patient_id, created_at__range=within)
            town.count(REBOOKED, one.starts_at, int(again.exists()))


def done() -> Counter:
    """How much of each kind went out, came back or was to be called."""
    found = Counter(f"task {kind}" for kind in Task.objects.values_list("kind", flat=True))
    found.update(
        f"answer to {kind}" for kind in InboundMessage.objects.values_list("answers__delivery__kind", flat=True)
    )
    names = {prefix(step): f"reminder {step.hours_before} h {step.audience}" for step in Step.objects.all()}
    rows = Delivery.objects.filter(state__in=HEARD)
    found.update(_name(kind, key, names) for kind, key in rows.values_list("kind", "key"))
    return found


def _name(kind: str, key: str, names: dict[str, str]) -> str:
    return next((name for begins, name in names.items() if key.startswith(begins)), kind)
