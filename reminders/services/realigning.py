"""When ladders change, what they planned and nobody has got yet follows.

A delivery that waits is kept, at its step's present time and channels, while its booking is still among those that the
step is for; else it is called off. One that an earlier change called off comes back when it is wanted again: its key is
known, so planning would not make it anew. The same for calls by staff.
"""

import datetime as dt

from django.db.models import Q, QuerySet

from accounts.services.actors import system_user
from common.bulk import in_batches
from interactions.models import Task
from interactions.services import tasks
from messaging.models import Delivery, DeliveryState
from reminders.models import Act, Ladder, Step
from reminders.rung import NOT_LATER
from reminders.services import habits, planning
from reminders.services.habits import Suited
from reminders.services.planning import LADDER
from reminders.services.riskiest import Ranking

ROWS = 2_000  # deliveries looked at together
SET = ("due_at", "expires_at", "media", "context", "state", "reason", "changed_at")


def planned_by(ladder: Ladder) -> tuple[int, int]:
    """(messages, calls) that are planned and would be called off if the ladder ended."""
    steps = list(ladder.steps.all())
    calls = (Task.objects.open().filter(key__startswith=planning.prefix(step)).count() for step in steps)
    return sum(_waiting(step).count() for step in steps), sum(calls)


def call_off(step: Step, at: dt.datetime) -> None:
    """Nobody gets this step any more."""
    _waiting(step).update(state=DeliveryState.CANCELLED, reason=LADDER, changed_at=at)
    tasks.replan(planning.prefix(step), {}, LADDER, by=system_user(), at=at)


def follow(ladder: Ladder, at: dt.datetime, before: Ladder | None = None) -> None:
    """What was planned of the ladder's steps becomes what this version, in use, says. before: the version before."""
    known = {step.lineage: step for step in (before or ladder).steps.all()}
    ranking = Ranking.of(ladder, at)
    for step in ladder.steps.all():
        if step.act == Act.CALL:
            _follow_calls(ladder, step, at, ranking)
        else:
            is_shifted = _moment(known.get(step.lineage, step)) != _moment(step)
            _follow_messages(ladder, step, at, ranking, is_shifted=is_shifted)


def _moment(step: Step) -> tuple:
    return step.hours_before, step.at_time


def _follow_calls(ladder: Ladder, step: Step, at: dt.datetime, ranking: Ranking) -> None:
    begins = planning.prefix(step)
    known = Task.objects.filter(key__startswith=begins).filter(Q(closed_at=None) | Q(end_code=LADDER))
    wanted = planning.rungs_of(ladder, step, list(known.values_list("about_id", flat=True)), ranking)
    due = {rung.key: rung.due_at for rung in wanted if rung.starts_at > max(at, rung.due_at)}
    tasks.replan(begins, due, LADDER, by=system_user(), at=at)


def _follow_messages(ladder: Ladder, step: Step, at: dt.datetime, ranking: Ranking, *, is_shifted: bool) -> None:
    rows = _changeable().filter(key__startswith=planning.prefix(step))
    for some in in_batches(list(rows.values_list("pk", "about_id")), ROWS):
        found = planning.rungs_of(ladder, step, {about for _pk, about in some}, ranking)
        wanted = {suited.rung.key: suited for suited in habits.suit(found)}
        # The worker may have taken one meanwhile: only those that are still as they were read
        locked = list(_changeable().select_for_update().filter(pk__in=[pk for pk, _about in some]).order_by("pk"))
        for row in locked:
            _decide(row, wanted.get(row.key), at, is_shifted=is_shifted)
        Delivery.objects.bulk_update(locked, SET, batch_size=500)


def _decide(row: Delivery, suited: Suited | None, at: dt.datetime, *, is_shifted: bool) -> None:
    """What is on its way keeps its moment: it is due already, or was tried, or waits for a carrier or for tomorrow."""
    is_waiting = row.state == DeliveryState.PENDING
    keeps_moment = is_waiting and (not is_shifted or row.due_at <= at or row.attempts > 0)
    if suited is None or (not keeps_moment and not at <= suited.due_at < suited.rung.starts_at - NOT_LATER):
        if is_waiting:
            row.state, row.reason, row.changed_at = DeliveryState.CANCELLED, LADDER, at
        return
    if not keeps_moment:
        row.due_at, row.expires_at = suited.due_at, suited.rung.starts_at - NOT_LATER
    if not row.attempts:
        row.media = " ".join(suited.media)
    row.context = planning.context_of(suited)
    row.state, row.reason, row.changed_at = DeliveryState.PENDING, "", at


def _changeable() -> QuerySet[Delivery]:
    """Waiting, or called off by a change of the ladder."""
    called_off = Q(state=DeliveryState.CANCELLED, reason=LADDER)
    return Delivery.objects.filter(Q(state=DeliveryState.PENDING) | called_off)


def _waiting(step: Step) -> QuerySet[Delivery]:
    return Delivery.objects.filter(key__startswith=planning.prefix(step), state=DeliveryState.PENDING)
