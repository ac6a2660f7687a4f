"""Turning ladders into what is to be told to whom, and when. Running it twice, or in two processes, plans once.

Every ten minutes the steps of the next day are planned, so the table holds what is near, and a change of the ladder or
of a booking has little to undo. A booking made, or a ladder put in use, after a step's time does without that step.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.services.actors import system_user
from common import clock
from interactions.models import TaskKind
from interactions.services import tasks
from interactions.services.tasks import NewTask
from messaging.models import SendingRule
from messaging.models.rule import Priority
from messaging.services import planning
from messaging.services.planning import Planned
from patients.models import PatientTag
from reminders.judging import VISIT
from reminders.models import Act, Audience, Ladder, Step
from scheduling.models import Appointment, AppointmentStatus, NoShowScore

HORIZON = dt.timedelta(hours=26)  # a day, and more than the time between two runs
GRACE = dt.timedelta(hours=2)  # after an outage, steps up to so old are still planned; older ones are left out
NOT_LATER = dt.timedelta(minutes=30)  # before the visit a reminder is of no use
CHUNK = 5_000


@dataclass(frozen=True)
class Rung:
    """One step for one booking: what would happen, when."""

    step: Step
    booking: int
    version: int
    patient: int
    starts_at: dt.datetime
    due_at: dt.datetime

    @property
    def key(self) -> str:
        """Of the delivery or task: the same for all versions of the ladder that have this step."""
        return f"{prefix(self.step)}{self.booking}:{self.version}"


def prefix(step: Step) -> str:
    """How the keys of a step begin."""
    return f"step:{step.lineage.hex}:"


def plan_due(at: dt.datetime | None = None) -> int:
    """Plan the steps of the next day of all ladders in use; returns how many deliveries and tasks are new."""
    at = at or clock.now()
    return sum(_plan(ladder, at) for ladder in Ladder.objects.live().prefetch_related("steps", "services"))


def _plan(ladder: Ladder, at: dt.datetime) -> int:
    new = 0
    for step in ladder.steps.all():
        found = rungs(ladder, step, at - GRACE, at + HORIZON, at)
        if step.act == Act.CALL:
            new += tasks.open_many(_tasks(found), by=system_user(), at=at)
        else:
            new += planning.plan((_delivery(rung) for rung in found), at)
    return new


def rungs(ladder: Ladder, step: Step, since: dt.datetime, until: dt.datetime, at: dt.datetime) -> Iterator[Rung]:
    """Who is due for a step between two moments, as far as is known at `at`. Streams: constant memory.

    The ladder may be a draft: then it is what would happen if it were in use from `at` on.
    """
    begun = ladder.live_since or at
    due_of = due_times(step)
    for row in _bookings(ladder, step, since, until).iterator(chunk_size=CHUNK):
        pk, version, patient, starts_at, created_at = row
        due = due_of(starts_at)
        known = created_at if version == 1 else at  # when a booking was moved does not stand on it
        if max(since, known, begun) <= due < min(until, starts_at - NOT_LATER):
            yield Rung(step, pk, version, patient, starts_at, due)


def due_times(step: Step):
    """A function: start of the visit -> when the step is due. Outside the hours of sending: before them, not after."""
    rule = SendingRule.objects.get(priority=Priority.REMINDER)

    @lru_cache(maxsize=8_192)
    def due(starts_at: dt.datetime) -> dt.datetime:
        return rule.closing(step.due_at(starts_at))

    return due


def _bookings(ladder: Ladder, step: Step, since: dt.datetime, until: dt.datetime) -> QuerySet:
    """Booked visits that this step may be due for: a little more than between the two moments, `rungs` looks closer."""
    ahead, slack = dt.timedelta(hours=step.hours_before), dt.timedelta(hours=36)
    rows = Appointment.objects.filter(
        status=AppointmentStatus.BOOKED,
        patient__isnull=False,
        starts_at__gt=since + ahead - slack,
        starts_at__lt=until + ahead + slack,
    )
    rows = _of_services(rows, ladder)
    if step.only_unanswered:
        rows = rows.filter(confirmed_at=None)
    rows = _for_audience(rows, step)
    return rows.order_by().values_list("pk", "version", "patient_id", "starts_at", "created_at")


def _of_services(rows: QuerySet, ladder: Ladder) -> QuerySet:
    own = [service.pk for service in ladder.services.all()]
    if own:
        return rows.filter(slot__service__in=own)
    others = Ladder.objects.live().exclude(lineage=ladder.lineage).exclude(services=None)
    taken = list(others.values_list("services", flat=True))
    return rows.exclude(slot__service__in=taken) if taken else rows


def _for_audience(rows: QuerySet, step: Step) -> QuerySet:
    if step.audience == Audience.TAG:
        tagged = PatientTag.objects.filter(patient=OuterRef("patient"), tag=step.tag_id)
        return rows.filter(Exists(tagged.order_by()))
    if step.audience == Audience.AT_RISK:
        scored = NoShowScore.objects.filter(appointment=OuterRef("pk"), probability__gte=step.risk_percent / 100)
        return rows.filter(Exists(scored))
    return rows


def _delivery(rung: Rung) -> Planned:
    return Planned(
        key=rung.key, patient=rung.patient, kind="reminder", media=rung.step.media.split(), due_at=rung.due_at,
        expires_at=rung.starts_at - NOT_LATER, about=(VISIT, rung.booking, rung.version),
        context={"only_unanswered": rung.step.only_unanswered},
    )  # fmt: skip


def _tasks(found: Iterator[Rung]) -> Iterator[NewTask]:
    """Calls are few: staff make them by hand."""
    rows = list(found)
    about = Q(pk__in=[rung.booking for rung in rows])
    bookings = {one.pk: one for one in Appointment.objects.for_desk().filter(about)}
    for rung in rows:
        booking = bookings[rung.booking]
        yield NewTask(
            key=rung.key, kind=TaskKind.CALL_RISK, patient=booking.patient, why="may_not_come",
            why_values={"when": booking.starts_at.isoformat()}, department=booking.slot.service.department,
            about_kind=VISIT, about_id=booking.pk, due_at=rung.due_at, expires_at=booking.starts_at,
        )  # fmt: skip
