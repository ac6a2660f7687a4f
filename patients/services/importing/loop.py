"""Runs over a file: reads rows through the map, stores them a batch at a time, hands back what is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext as _

from common import tabular
from patients.errors import ImportFileUnreadable
from patients.services.importing.maps import ImportMap
from patients.services.importing.rejects import RejectsFile
from patients.services.importing.rows import BadRow, MappedRow

BATCH = 1000  # rows per transaction: long enough to be fast, short enough that others may write in between


@dataclass
class Counts:
    """Rows so far. done = created + updated + repeated + rejected; total is an estimate until the end.

    warned: how many of the stored rows somebody should look at.
    """

    total: int = 0
    done: int = 0
    created: int = 0
    updated: int = 0
    repeated: int = 0
    rejected: int = 0
    warned: int = 0


@dataclass(frozen=True)
class Stored:
    """What was done with a row, by its name in `Counts`, and what somebody should know of it all the same."""

    how: str
    warning: str = ""


CREATED, UPDATED, REPEATED = Stored("created"), Stored("updated"), Stored("repeated")


class Importer(Protocol):
    """What a kind of import brings: how to read a row, and how to store many."""

    def read(self, row: MappedRow) -> Any:
        """The row as something that can be stored; touches no database. Raises BadRow."""

    def store(self, items: Sequence[Any]) -> list[Stored | BadRow]:
        """Store inside the caller's transaction; per item what was done, or a BadRow that stored nothing."""


class _Read(NamedTuple):
    row: tabular.Row
    item: Any


class _DryRun(Exception):
    """Ends a batch of a dry run: nothing of it stays."""


def run(
    path: Path,
    import_map: ImportMap,
    importer: Importer,
    *,
    dry_run: bool,
    rejects: Path | None = None,
    resume: Counts | None = None,
    on_progress: Callable[[Counts], bool] = lambda counts: True,
    on_warning: Callable[[int, str], None] = lambda line, warning: None,
) -> Counts:
    """Import the file at `path`. Each batch is stored whole or not at all, and a second run stores nothing twice.

    rejects: where to write the refused rows, and those stored with a warning (CSV). on_progress: called after each
    batch; False stops the run. on_warning: called with the line of each row that was stored with a warning.
    resume: the counts of an earlier part; as many rows are passed over, and rejects are appended.
    Raises ImportFileUnreadable, ImportMapInvalid.
    """
    try:
        table = tabular.Table(path, encoding=import_map.encoding, delimiter=import_map.delimiter)
        import_map.check_header(table.header)
        counts = replace(resume or Counts(), total=table.count())
        with RejectsFile(rejects, table.header, append=counts.done > 0, on_warning=on_warning) as report:
            _run(table, import_map, importer, counts, report, dry_run, on_progress)
    except tabular.UnreadableTable as error:
        raise ImportFileUnreadable(problem=error.reason) from error
    counts.total = max(counts.done, counts.total)
    return counts


def _run(
    table: tabular.Table,
    import_map: ImportMap,
    importer: Importer,
    counts: Counts,
    report: RejectsFile,
    dry_run: bool,
    on_progress: Callable[[Counts], bool],
) -> None:
    batch: list[_Read] = []
    for row in islice(table.rows(), counts.done, None):
        try:
            batch.append(_Read(row, _read(row, import_map, importer)))
        except BadRow as problem:
            _reject(row, problem, counts, report)
        if len(batch) >= BATCH:
            _flush(batch, importer, counts, report, dry_run)
            batch = []
            if not on_progress(counts):
                return
    _flush(batch, importer, counts, report, dry_run)
    on_progress(counts)


def _read(row: tabular.Row, import_map: ImportMap, importer: Importer) -> Any:
    if row.extra:
        raise BadRow("too_many_cells", _("the row has more cells than the header"))
    return importer.read(MappedRow(row, import_map))


def _flush(batch: list[_Read], importer: Importer, counts: Counts, report: RejectsFile, dry_run: bool) -> None:
    results = _store([read.item for read in batch], importer, dry_run)
    for read, result in zip(batch, results, strict=True):
        if isinstance(result, BadRow):
            _reject(read.row, result, counts, report)
        else:
            _accept(read.row, result, counts, report)


def _store(items: list[Any], importer: Importer, dry_run: bool) -> list[Stored | BadRow]:
    """One transaction; if the database refuses something in it, one per row, so that only that row is lost."""
    if not items:
        return []
    try:
        return _in_transaction(items, importer, dry_run)
    except (IntegrityError, DatabaseError) as error:
        if len(items) == 1:
            return [BadRow("refused_by_database", _("the database refused the row: %s") % type(error).__name__)]
        return [result for item in items for result in _store([item], importer, dry_run)]


def _in_transaction(items: list[Any], importer: Importer, dry_run: bool) -> list[Stored | BadRow]:
    results: list[Stored | BadRow] = []
    try:
        with transaction.atomic():
            results = importer.store(items)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return results


def _reject(row: tabular.Row, problem: BadRow, counts: Counts, report: RejectsFile) -> None:
    counts.done += 1
    counts.rejected += 1
    report.add(row.line, row.values, problem)


def _accept(row: tabular.Row, stored: Stored, counts: Counts, report: RejectsFile) -> None:
    counts.done += 1
    setattr(counts, stored.how, getattr(counts, stored.how) + 1)
    if stored.warning:
        counts.warned += 1
        report.warn(row.line, row.values, stored.warning)
