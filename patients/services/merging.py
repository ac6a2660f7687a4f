"""Two records of one person become one, and apart again.

Every row of every app that points to the merged record is moved to the kept one, whichever app it belongs to; history
rows stay where they were written. What was moved is kept in `MergedRow`, so that unmerging moves exactly that back.
A model whose rows may be left behind when the kept record has the same fact says `merge_leaves_duplicates = True`.
A foreign key to a patient that must never move has `related_name="+"`.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import IntegrityError, models, transaction

from accounts.models import User
from common import clock
from common.errors import NotAllowed, ReasonRequired
from common.history import acting
from patients.errors import MergeConflict, MergeImpossible, UnmergeImpossible
from patients.models import MergedRow, Patient, PatientMerge

COMPARED = ("name", "sex", "birth_date", "deceased_on", "language", "note", "barred_until")

ConflictCheck = Callable[[Patient, Patient], Iterable[str]]
_checks: list[ConflictCheck] = []


@dataclass
class Plan:
    """What a merge would do: rows per table, what the records say differently, and what stands in the way."""

    kept: Patient
    merged: Patient
    moved: Counter = field(default_factory=Counter)  # model -> rows
    left: Counter = field(default_factory=Counter)  # model -> rows whose fact the kept record has already
    conflicts: list[str] = field(default_factory=list)
    differences: list[tuple[str, object, object]] = field(default_factory=list)  # label, kept, merged


class _Undone(Exception):
    """Ends a trial run: nothing of it stays."""


def conflict_check(check: ConflictCheck) -> ConflictCheck:
    """Register a check of a higher floor: it yields, in words, what two records cannot both bring into one."""
    if check not in _checks:
        _checks.append(check)
    return check


def plan(*, kept: Patient, merged: Patient) -> Plan:
    """Try the merge and undo it: nothing is written. Raises MergeImpossible."""
    try:
        with transaction.atomic():
            outline, _rows = _move(*_locked(kept, merged))
            raise _Undone
    except _Undone:
        pass
    return outline


@transaction.atomic
def merge(
    *, kept: Patient, merged: Patient, by: User, reason: str, at: datetime.datetime | None = None
) -> PatientMerge:
    """`merged` is the same person as `kept`, whose facts stand; looking up `merged` leads to `kept` from now on.

    Raises NotAllowed, ReasonRequired, MergeImpossible, and MergeConflict with the conflicts as `alternatives`:
    then nothing was moved.
    """
    _permit(by, reason)
    with acting(by, reason):
        kept, merged = _locked(kept, merged)
        outline, rows = _move(kept, merged)
        if outline.conflicts:
            raise MergeConflict(alternatives=outline.conflicts, conflicts="; ".join(outline.conflicts))
        record = PatientMerge.objects.create(kept=kept, merged=merged, by=by, reason=reason, at=at or clock.now())
        MergedRow.objects.bulk_create(MergedRow(merge=record, model=m, row=pk, field=f) for m, pk, f in rows)
        _point(merged, kept)
    return record


@transaction.atomic
def unmerge(*, merge: PatientMerge, by: User, reason: str, at: datetime.datetime | None = None) -> PatientMerge:
    """They were two people after all: the merged record lives again with exactly the rows that were moved.

    Raises NotAllowed, ReasonRequired, UnmergeImpossible, MergeConflict.
    """
    _permit(by, reason)
    with acting(by, reason):
        record = PatientMerge.objects.select_for_update().get(pk=merge.pk)
        people = _in_order(record.kept, record.merged)
        kept, merged = people[record.kept_id], people[record.merged_id]
        if record.undone_at is not None or kept.is_merged:
            raise UnmergeImpossible
        _point(merged, None)
        _move_back(record, kept, merged)
        record.undone_at, record.undone_by = at or clock.now(), by
        record.save(update_fields=["undone_at", "undone_by"])
    return record


def _permit(by: User, reason: str) -> None:
    if not by.has_perm("patients.merge_patient"):
        raise NotAllowed
    if not reason.strip():
        raise ReasonRequired(field="reason")


def _in_order(*patients: Patient) -> dict[int, Patient]:
    """Both rows locked, in the order of their ids, so that two merges do not wait for each other."""
    rows = Patient.objects.select_for_update(no_key=True).filter(pk__in=[patient.pk for patient in patients])
    return {row.pk: row for row in rows.order_by("pk")}


def _locked(kept: Patient, merged: Patient) -> tuple[Patient, Patient]:
    rows = _in_order(kept, merged)
    if len(rows) < 2 or any(row.is_merged for row in rows.values()):
        raise MergeImpossible
    return rows[kept.pk], rows[merged.pk]


def _point(merged: Patient, kept: Patient | None) -> None:
    merged.merged_into = kept
    merged.save(update_fields=["merged_into", "changed_at"])


def _move(kept: Patient, merged: Patient) -> tuple[Plan, list[tuple[str, str, str]]]:
    outline = Plan(kept, merged, differences=_differences(kept, merged))
    outline.conflicts += [str(conflict) for check in _checks for conflict in check(kept, merged)]
    rows = []
    for row, name in _rows_of(merged):
        model = type(row)
        if _repoint(row, name, kept):
            outline.moved[model] += 1
            rows.append((model._meta.label, str(row.pk), name))
        elif getattr(model, "merge_leaves_duplicates", False):
            outline.left[model] += 1
        else:
            outline.conflicts.append(f"{model._meta.verbose_name} {row}")
    return outline, rows


def _move_back(record: PatientMerge, kept: Patient, merged: Patient) -> None:
    for moved in record.rows.all():
        model = apps.get_model(moved.model)
        row = model._base_manager.filter(pk=moved.row, **{moved.field: kept}).first()
        if row is not None and not _repoint(row, moved.field, merged):
            conflict = f"{model._meta.verbose_name} {row}"
            raise MergeConflict(alternatives=[conflict], conflicts=conflict)


def _rows_of(patient: Patient) -> Iterator[tuple[models.Model, str]]:
    for relation in Patient._meta.related_objects:
        if relation.one_to_many or relation.one_to_one:
            name = relation.field.name
            for row in relation.related_model._base_manager.filter(**{name: patient}).order_by("pk"):
                yield row, name


def _repoint(row: models.Model, name: str, patient: Patient) -> bool:
    """Let the row point to `patient`, with history; False when the database refuses."""
    before = getattr(row, f"{name}_id")
    setattr(row, name, patient)
    try:
        with transaction.atomic():
            row.save(update_fields=[name])
    except IntegrityError:
        setattr(row, f"{name}_id", before)
        return False
    return True


def _differences(kept: Patient, merged: Patient) -> list[tuple[str, object, object]]:
    compared = [(name, getattr(kept, name), getattr(merged, name)) for name in COMPARED]
    return [(Patient._meta.get_field(name).verbose_name, one, two) for name, one, two in compared if one != two]
