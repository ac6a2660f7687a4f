"""Turning ladders into what is to be told to whom, and when. Running it twice, or in two processes, plans once.

Every ten minutes the steps of the next day are planned, so the table holds what is near, and a change of the ladder or
of a booking has little to undo. A booking made, or a ladder put in use, after a step's time does without that step.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from accounts.services.actors import system_user
from common import clock
from common.bulk import in_batches
from interactions.models import TaskKind
from interactions.services import tasks
from interactions.services.tasks import NewTask
from messaging.models import Delivery, DeliveryState, SendingRule
from messaging.models.rule import Priority
from messaging.services import planning
from messaging.services.planning import Planned
from patients.models import PatientTag
from reminders import lots
from reminders.judging import VISIT
from reminders.models import Act, Audience, Ladder, Step
from reminders.rung import NOT_LATER, Rung, prefix
from reminders.services import covering, habits
from reminders.services.habits import Suited
from reminders.services.riskiest import Ranking
from scheduling.models import Appointment, AppointmentEvent, EventKind

HORIZON = dt.timedelta(hours=26)  # a day, and more than the time between two runs
GRACE = dt.timedelta(hours=2)  # after an outage, steps up to so old are still planned; older ones are left out
CHUNK = 5_000
ASKED = 500  # bookings named in one statement
# How far the moment of a step may lie from exactly that long before: its time of day, and hours of sending before it
LATER, EARLIER = dt.timedelta(days=1), dt.timedelta(days=2)
LADDER = "ladder"  # why something that was planned is called off: the ladder has changed


def plan_due(at: dt.datetime | None = None) -> int:
    """Plan the steps of the next day of all ladders in use; returns how many deliveries and tasks are new."""
    at = at or clock.now()
    return sum(_plan(ladder, at) for ladder in Ladder.objects.live().prefetch_related("steps", "services"))


def _plan(ladder: Ladder, at: dt.datetime) -> int:
    new, ranking = 0, Ranking.of(ladder, at)
    for step in ladder.steps.all():
        found = rungs(ladder, step, at - GRACE, at + HORIZON, at, ranking=ranking)
        if step.act == Act.CALL:
            new += tasks.open_many(_tasks(found), by=system_user(), at=at)
        else:
            new += planning.plan((_delivery(suited) for suited in habits.suit(found)), at)
    return new


def rungs(
    ladder: Ladder,
    step: Step,
    since: dt.datetime,
    until: dt.datetime,
    at: dt.datetime,
    *,
    untold: bool = False,
    ranking: Ranking | None = None,
) -> Iterator[Rung]:
    """Who is due for a step between two moments, as far as is known at `at`. Streams: constant memory.

    The ladder may be a draft: then it is what would happen if it were in use from `at` on. untold: without those who
    have had this step already, in whatever version of the ladder. ranking: of the ladder's visits at `at`, where it is
    known from another step.
    """
    ahead = dt.timedelta(hours=step.hours_before)
    rows = _bookings(ladder, step, ranking or Ranking.of(ladder, at)).filter(
        starts_at__gt=since + ahead - LATER, starts_at__lt=until + ahead + EARLIER
    )
    if untold:
        rows = rows.exclude(Exists(_told(step))).filter(patient__deceased_on=None)
    return _due(ladder, step, _by_pages(rows), since, until, at)


def rungs_of(ladder: Ladder, step: Step, bookings: Iterable[int], ranking: Ranking) -> Iterator[Rung]:
    """The step for those of these bookings that it is for, whether its moment is over or far ahead."""
    due_of = due_times(step)
    for some in in_batches(bookings, ASKED):
        for pk, version, patient, starts_at, _known in _bookings(ladder, step, ranking).filter(pk__in=some):
            yield Rung(step, pk, version, patient, starts_at, due_of(starts_at))


def _due(
    ladder: Ladder, step: Step, rows: Iterable[tuple], since: dt.datetime, until: dt.datetime, at: dt.datetime
) -> Iterator[Rung]:
    since = max(since, ladder.live_since or at)
    due_of = due_times(step)
    for pk, version, patient, starts_at, known_since in rows:
        due = due_of(starts_at)
        if since <= due < until and (known_since or at) <= due < starts_at - NOT_LATER:
            yield Rung(step, pk, version, patient, starts_at, due)


def due_times(step: Step) -> Callable[[dt.datetime], dt.datetime]:
    """A function: start of the visit -> when the step is due. Outside the hours of sending: before them, not after."""
    rule = SendingRule.objects.get(priority=Priority.REMINDER)

    @lru_cache(maxsize=8_192)
    def due(starts_at: dt.datetime) -> dt.datetime:
        return rule.closing(step.due_at(starts_at))

    return due


def _bookings(ladder: Ladder, step: Step, ranking: Ranking) -> QuerySet:
    """Booked visits that this step is for: (number, version, patient, begin, since when it stands at that time)."""
    rows = covering.booked(ladder)
    if step.only_unanswered:
        rows = rows.filter(confirmed_at=None)
    moved = AppointmentEvent.objects.filter(appointment=OuterRef("pk"), kind=EventKind.MOVED).order_by("-at")
    known_since = Case(When(version=1, then=F("created_at")), default=Subquery(moved.values("at")[:1]))
    rows = _for_audience(rows, step, ranking).order_by().annotate(known_since=known_since)
    return rows.values_list("pk", "version", "patient_id", "starts_at", "known_since")


def _by_pages(rows: QuerySet) -> Iterator[tuple]:
    """All of them, by the time of the visit. No statement stays open between two pages: on SQLite whoever reads on
    while others write could not write then; on PostgreSQL a cursor would keep a connection to itself."""
    last: tuple | None = None
    while True:
        after = Q(starts_at__gt=last[3]) | Q(starts_at=last[3], pk__gt=last[0]) if last else Q()
        floor = Q(starts_at__gte=last[3]) if last else Q()  # the part that an index serves
        page = list(rows.filter(floor, after).order_by("starts_at", "pk")[:CHUNK])
        yield from page
        if len(page) < CHUNK:
            return
        last = page[-1]


def _told(step: Step) -> QuerySet:
    """Deliveries of this step that are past planning; what a change of the ladder called off may come again."""
    rows = Delivery.objects.filter(about_kind=VISIT, about_id=OuterRef("pk"), about_version=OuterRef("version"))
    waiting = Q(state=DeliveryState.PENDING) | Q(state=DeliveryState.CANCELLED, reason=LADDER)
    return rows.filter(key__startswith=prefix(step)).exclude(waiting).order_by()


def _for_audience(rows: QuerySet, step: Step, ranking: Ranking) -> QuerySet:
    if step.audience == Audience.TAG:
        tagged = PatientTag.objects.current().filter(patient=OuterRef("patient"), tag=step.tag_id)
        return rows.filter(Exists(tagged.order_by()))
    if step.audience == Audience.AT_RISK:
        cut = ranking.cut(step)
        return rows.filter(noshow_score__probability__gte=cut.since) if cut else rows.none()
    return rows


def _delivery(suited: Suited) -> Planned:
    rung = suited.rung
    return Planned(
        key=rung.key, patient=rung.patient, kind="reminder", media=suited.media, due_at=suited.due_at,
        expires_at=rung.starts_at - NOT_LATER, about=(VISIT, rung.booking, rung.version),
        context=context_of(suited),
    )  # fmt: skip


def context_of(suited: Suited) -> dict[str, object]:
    """What a delivery keeps of its step, and why it is due just then."""
    step = suited.rung.step
    held_out = {lots.PERCENT: step.holdout_percent} if step.holdout_percent else {}
    return {"only_unanswered": step.only_unanswered, "note": suited.note, **held_out}


def _tasks(found: Iterator[Rung]) -> Iterator[NewTask]:
    """Calls are few: staff make them by hand."""
    rows = {rung.booking: rung for rung in found}
    for booking in Appointment.objects.for_desk().filter(pk__in=list(rows), patient__deceased_on=None):
        rung = rows[booking.pk]
        yield NewTask(
            key=rung.key, kind=TaskKind.CALL_RISK, patient=booking.patient, why="may_not_come",
            why_values={"when": booking.starts_at.isoformat()}, department=booking.slot.service.department,
            about_kind=VISIT, about_id=booking.pk, due_at=rung.due_at, expires_at=booking.starts_at,
        )  # fmt: skip
