"""Tasks: opened by whoever finds that a person must act, worked on by one person at a time.

Floors above open tasks and drop them when the world has changed; they hear of outcomes by `interactions.outcomes`.
Order of locks: the patient, then the task (docs/locking.md). Taking locks nothing before its UPDATE.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NotRequired, Required, TypedDict, Unpack

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.models import User
from accounts.services.actors import system_user
from common import clock
from common.errors import NotAllowed
from common.history import acting, record_history
from directory.models import Department
from interactions import again, outcomes, reasons
from interactions.errors import (
    NothingDue,
    NotYours,
    NumberMissing,
    OutcomeMissing,
    TaskClosed,
    TaskNotFound,
    TaskTaken,
    TaskTooLate,
)
from interactions.models import Task, TaskKind, TaskOutcome, TaskPriority, TaskState
from patients.models import ContactPoint, Patient
from patients.services import contacts

BATCH = 500  # rows of one INSERT


class NewTask(TypedDict, total=False):
    """What is to be done. key: unique for the matter. why: code of a sentence of `interactions.reasons`.

    department: whose scope sees it; without one everybody does who may see tasks. about_kind, about_id: the row that it
    is about, of any app. due_at: default now. expires_at: from then on it is of no use.
    """

    key: Required[str]
    kind: Required[TaskKind]
    patient: Required[Patient | None]
    why: Required[str]
    why_values: NotRequired[Mapping[str, Any]]
    department: NotRequired[Department | None]
    about_kind: NotRequired[str]
    about_id: NotRequired[int | None]
    priority: NotRequired[TaskPriority]
    due_at: NotRequired[dt.datetime]
    expires_at: NotRequired[dt.datetime | None]


def open(*, by: User, at: dt.datetime | None = None, **what: Unpack[NewTask]) -> Task:
    """The task with this key: opened now, or as it stands, closed ones too. Raises TaskTooLate."""
    row = _row(what, at or clock.now())
    if _is_too_late(row):
        raise TaskTooLate
    with transaction.atomic(), acting(by):
        _insert([row])
    return Task.objects.get(key=row.key)


def open_many(rows: Iterable[NewTask], *, by: User, at: dt.datetime | None = None) -> int:
    """Open thousands at once; those whose key is there already, or that would be too late, are left out.

    Returns how many were opened. One transaction: all or none.
    """
    at = at or clock.now()
    built = [row for row in (_row(what, at) for what in rows) if not _is_too_late(row)]
    built.sort(key=lambda row: row.key)  # two callers with the same keys wait for each other, never in a circle
    with transaction.atomic(), acting(by):
        return sum(_insert(built[start : start + BATCH]) for start in range(0, len(built), BATCH))


def take(*, task: Task, by: User, at: dt.datetime | None = None) -> Task:
    """`by` has it from now on, and nobody else; taking one's own again keeps it for longer.

    Raises TaskTaken, TaskClosed, TaskNotFound, NotAllowed.
    """
    _permit(task, by)
    with transaction.atomic(), acting(by):
        return _change(task, by, _workable(by), **_taken(by, at or clock.now()))


def take_next(*, by: User, kinds: Iterable[str] = (), at: dt.datetime | None = None) -> Task:
    """The most urgent that is due, of those the longest due; two people never get the same.

    kinds: only these; without any, all. Raises NothingDue, NotAllowed.
    """
    at = at or clock.now()
    _permit_work(by)
    with transaction.atomic(), acting(by):
        due = Task.objects.due(at).visible_to(by).in_turn()
        due = due.filter(kind__in=list(kinds)) if kinds else due
        found = due.select_for_update(skip_locked=True, no_key=True, of=("self",)).values_list("pk", flat=True).first()
        if found is None:
            raise NothingDue
        return _change(Task(pk=found), by, Q(state=TaskState.OPEN), **_taken(by, at))


def put_back(*, task: Task, by: User) -> Task:
    """Others may have it. Raises NotYours, TaskTaken, TaskClosed, TaskNotFound, NotAllowed."""
    _permit(task, by)
    with transaction.atomic(), acting(by):
        return _change(task, by, Q(state=TaskState.TAKEN, owner=by), **_free())


def tried(*, task: Task, by: User, note: str = "", at: dt.datetime | None = None) -> Task:
    """Nobody was reached: due again by `interactions.again`, or closed as not reached when there is no further try.

    There is none after the last, and none at or after the moment from which it is too late.
    Raises TaskTaken, TaskClosed, TaskNotFound, NotAllowed, and whatever a handler of the outcome raises.
    """
    at = at or clock.now()
    _permit(task, by)
    with transaction.atomic(), acting(by, note):
        stored = _locked(task)
        _change(stored, by, _workable(by), tries=F("tries") + 1, last_try_at=at, note=note[:500])
        due_at = again.next_try(stored.tries + 1, at)
        if due_at is None or (stored.expires_at and stored.expires_at <= due_at):
            return _close(stored, TaskOutcome.NOT_REACHED, note, by, at)
        return _change(stored, by, _workable(by), due_at=due_at, **_free())


def close(
    *,
    task: Task,
    outcome: str,
    by: User,
    note: str = "",
    contact_point: ContactPoint | None = None,
    at: dt.datetime | None = None,
) -> Task:
    """It is done, with this outcome; who registered for the kind hears of it in the same transaction.

    contact_point: the number that was called; a wrong one is marked as reaching nobody.
    Raises OutcomeMissing, NumberMissing, TaskTaken, TaskClosed, TaskNotFound, NotAllowed, and what a handler raises.
    """
    at = at or clock.now()
    _permit(task, by)
    if outcome not in TaskOutcome.values:
        raise OutcomeMissing(field="outcome")
    with transaction.atomic(), acting(by, note):
        stored = _locked(task)
        if outcome == TaskOutcome.WRONG_NUMBER and stored.patient_id:
            _mark_wrong(stored, contact_point, by, at)
        return _close(stored, outcome, note, by, at)


def drop_about(
    about_kind: str, about_id: int, why: str, *, by: User, kinds: Iterable[str] = (), at: dt.datetime | None = None
) -> int:
    """The world has changed: what is still to be done about this row is needed no more, whoever has it.

    why: code of a sentence of `interactions.reasons`. kinds: only these. Returns how many. Repeatable.
    """
    rows = Task.objects.live().about(about_kind, about_id)
    return _drop(rows.filter(kind__in=list(kinds)) if kinds else rows, why, by, at or clock.now())


def replan(begins: str, due: Mapping[str, dt.datetime], why: str, *, by: User, at: dt.datetime | None = None) -> None:
    """The plan has changed that opened the tasks whose keys begin so. Those that somebody has stay as they are.

    due: key -> when it is due now; an open task not named is dropped for `why`, and one that is named comes back
    when it had been dropped for just that.
    """
    rows = Task.objects.filter(key__startswith=begins)
    _drop(rows.open().exclude(key__in=list(due)), why, by, at or clock.now())
    back = {**_free(), "outcome": "", "closed_at": None, "closed_by": None, "end_code": ""}
    known = Q(state=TaskState.OPEN) | Q(state=TaskState.DROPPED, end_code=why)
    with transaction.atomic(), acting(by, why):
        for key, moment in due.items():
            _update(rows.filter(known, key=key), due_at=moment, **back)


def drop_expired(at: dt.datetime | None = None) -> int:
    """Open tasks whose time is over are dropped; one that somebody has stays with them. Returns how many."""
    at = at or clock.now()
    return _drop(Task.objects.expired(at), "expired", system_user(), at)


def release_abandoned(at: dt.datetime | None = None) -> int:
    """Tasks whose owner has done nothing for a while are open again. Returns how many."""
    with transaction.atomic(), acting(system_user(), "owner away"):
        return _update(Task.objects.abandoned(at or clock.now()), **_free())


def _row(what: NewTask, at: dt.datetime) -> Task:
    facts: dict[str, Any] = dict(what)
    code, values = facts.pop("why"), dict(facts.pop("why_values", {}))
    if not reasons.is_known(code):
        raise LookupError(f"no sentence is registered for the reason {code!r}")
    return Task(**{"due_at": at} | facts, why_code=code, why_values=values, created_at=at)


def _is_too_late(row: Task) -> bool:
    return row.expires_at is not None and row.expires_at <= max(row.due_at, row.created_at)


def _insert(rows: list[Task]) -> int:
    """Write those whose key is new, with their history; the uuid tells ours from those that were there."""
    Task.objects.bulk_create(rows, ignore_conflicts=True)
    return record_history(Task.objects.filter(uuid__in=[row.uuid for row in rows]), "+")


def _permit_work(by: User) -> None:
    if not by.has_perm("interactions.change_task"):
        raise NotAllowed


def _permit(task: Task, by: User) -> None:
    _permit_work(by)
    if not Task.objects.visible_to(by).filter(pk=task.pk).exists():
        raise TaskNotFound


def _locked(task: Task) -> Task:
    """As stored now, patient and task locked: handlers of an outcome change bookings, which lock the patient first."""
    patient = Task.objects.filter(pk=task.pk).values("patient")
    Patient.objects.select_for_update(no_key=True).filter(pk__in=patient).values_list("pk").first()
    return Task.objects.select_for_update(no_key=True).get(pk=task.pk)


def _workable(by: User) -> Q:
    """Nobody's, or one's own."""
    return Q(state=TaskState.OPEN) | Q(state=TaskState.TAKEN, owner=by)


def _taken(by: User, at: dt.datetime) -> dict[str, Any]:
    return {"state": TaskState.TAKEN, "owner": by, "taken_at": at}


def _free() -> dict[str, Any]:
    return {"state": TaskState.OPEN, "owner": None, "taken_at": None}


def _change(task: Task, by: User, condition: Q, **values: Any) -> Task:
    """One UPDATE on that condition, with history; the database decides who was first."""
    if not _update(Task.objects.filter(condition, pk=task.pk), **values):
        raise _in_the_way(task, by)
    return _read(task)


def _read(task: Task) -> Task:
    return Task.objects.select_related("patient", "department", "owner", "closed_by").get(pk=task.pk)


def _in_the_way(task: Task, by: User) -> Exception:
    stored = Task.objects.select_related("owner").get(pk=task.pk)
    if not stored.is_live:
        return TaskClosed(outcome=stored.get_outcome_display())
    if stored.owner and stored.owner != by:
        return TaskTaken(name=stored.owner.name)
    return NotYours()


def _update(rows: QuerySet[Task], **values: Any) -> int:
    """Change those rows, and only as far as they still are what `rows` says; history for each. Returns how many."""
    ids = list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    changed = rows.filter(pk__in=ids).update(**values) if ids else 0
    record_history(Task.objects.filter(pk__in=ids), "~")
    return changed


def _close(task: Task, outcome: str, note: str, by: User, at: dt.datetime) -> Task:
    closed = _change(task, by, _workable(by), **_ended(TaskState.DONE, outcome, by, at), note=note[:500])
    outcomes.tell(task=closed, by=by, at=at)
    return closed


def _ended(state: str, outcome: str, by: User, at: dt.datetime) -> dict[str, Any]:
    return {"state": state, "outcome": outcome, "closed_at": at, "closed_by": by, "owner": None, "taken_at": None}


def _drop(rows: QuerySet[Task], why: str, by: User, at: dt.datetime) -> int:
    if not reasons.is_known(why):
        raise LookupError(f"no sentence is registered for the reason {why!r}")
    with transaction.atomic(), acting(by, why):
        return _update(rows, **_ended(TaskState.DROPPED, TaskOutcome.NOT_NEEDED, by, at), end_code=why)


def _mark_wrong(task: Task, point: ContactPoint | None, by: User, at: dt.datetime) -> None:
    if point is None or point.patient_id != task.patient_id:
        raise NumberMissing(field="contact_point")
    contacts.mark_failed(contact_point=point, by=by, reason=str(TaskOutcome.WRONG_NUMBER.label), at=at)
