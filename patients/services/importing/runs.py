"""Imports asked for on a page: stored as rows, executed by the worker, watched while they run."""

import dataclasses
import datetime
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from django.core.files import File
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.models.access import Action
from accounts.services import access
from common import clock
from common.errors import NotAllowed, Refusal
from patients.models import ImportKind, ImportRun, ImportState
from patients.services.importing import loop, maps, people
from patients.services.importing.loop import Counts, Importer

SLICE = datetime.timedelta(seconds=40)  # below the worker's limit of a minute per task
LOST_AFTER = datetime.timedelta(minutes=5)  # without progress: a batch takes seconds


class Kind(NamedTuple):
    """How a kind of import is done. `importer` is called with `by=`."""

    fields: set[str]
    required: set[str]
    importer: Callable[..., Importer]
    permission: str


KINDS: dict[str, Kind] = {
    ImportKind.PATIENTS: Kind(people.FIELDS, people.REQUIRED, people.PeopleImporter, "patients.import_patient")
}


def register_kind(code: str, kind: Kind) -> None:
    """A higher floor brings its own kind of import."""
    KINDS[code] = kind


def queue(*, kind: str, file: File, map_text: str, is_dry_run: bool, by: User) -> ImportRun:
    """Ask for an import; the worker takes it up. Raises NotAllowed, ImportMapInvalid."""
    if not by.has_perm(KINDS[kind].permission):
        raise NotAllowed
    maps.read_map(map_text, fields=KINDS[kind].fields, required=KINDS[kind].required)
    run = ImportRun.objects.create(kind=kind, file=file, map_text=map_text, is_dry_run=is_dry_run, by=by)
    access.record(Action.IMPORT, by=by, kind="patients.importrun", subject=run.uuid, detail=Path(run.file.name).name)
    return run


def stop(run: ImportRun) -> None:
    """End a run after the batch that it is in."""
    waiting = (ImportState.QUEUED, ImportState.RUNNING)
    ImportRun.objects.filter(pk=run.pk, state__in=waiting).update(state=ImportState.STOPPED, finished_at=clock.now())


def execute_queued() -> int:
    """Execute what waits, oldest first; returns how many were worked on. Two workers never take the same run."""
    return sum(execute(run) for run in _waiting(clock.now()).order_by("created_at"))


def execute(run: ImportRun) -> bool:
    """Work on a run that waits, for SLICE at most; False when somebody else has it.

    What is not done by then waits for the next turn and goes on where it stopped. A problem ends in the run's state.
    """
    now = clock.now()
    if not _waiting(now).filter(pk=run.pk).update(state=ImportState.RUNNING, progress_at=now):
        return False
    run.refresh_from_db()
    ImportRun.objects.filter(pk=run.pk, started_at=None).update(started_at=now)
    try:
        is_finished = _work(run, until=time.monotonic() + SLICE.total_seconds())
    except Refusal as refusal:
        _running(run).update(state=ImportState.FAILED, problem=str(refusal)[:300], finished_at=clock.now())
    else:
        done = {"state": ImportState.DONE, "finished_at": clock.now()}
        _running(run).update(**(done if is_finished else {"state": ImportState.QUEUED}))
    return True


def _waiting(now: datetime.datetime) -> QuerySet[ImportRun]:
    """Queued runs, and those whose worker died."""
    lost = Q(state=ImportState.RUNNING, progress_at__lt=now - LOST_AFTER)
    return ImportRun.objects.filter(Q(state=ImportState.QUEUED) | lost)


def _work(run: ImportRun, *, until: float) -> bool:
    """True when the file was read to its end."""
    kind = KINDS[run.kind]
    in_time = True

    def note(counts: Counts) -> bool:
        nonlocal in_time
        in_time = time.monotonic() < until
        still_ours = _running(run).update(**vars(counts), progress_at=clock.now())
        return bool(still_ours) and in_time

    counts = loop.run(
        Path(run.file.path),
        maps.read_map(run.map_text, fields=kind.fields, required=kind.required),
        kind.importer(by=run.by),
        dry_run=run.is_dry_run,
        rejects=_rejects_path(run),
        resume=Counts(**{one.name: getattr(run, one.name) for one in dataclasses.fields(Counts)}),
        on_progress=note,
    )
    _running(run).update(**vars(counts))
    return in_time


def _rejects_path(run: ImportRun) -> Path:
    """Beside the file; the row names it from the first turn on."""
    if not run.rejects:
        run.rejects.name = f"{run.file.name}.rejects.csv"
        ImportRun.objects.filter(pk=run.pk).update(rejects=run.rejects.name)
    return Path(run.rejects.path)


def _running(run: ImportRun) -> QuerySet[ImportRun]:
    return ImportRun.objects.filter(pk=run.pk, state=ImportState.RUNNING)
