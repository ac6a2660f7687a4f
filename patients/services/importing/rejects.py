"""The rows that were refused, in the shape of the file they came from, each with what is wrong."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from common import tabular
from patients.services.importing.rows import BadRow

NOTES = ("import_line", "import_column", "import_reason")


class RejectsFile:
    """Writes rejected rows as they come; correct the file and feed it again: the notes are ignored then."""

    def __init__(self, path: Path | None, header: list[str], *, append: bool = False) -> None:
        self._header = [name for name in header if name and name not in NOTES]
        self._file = path.open("a" if append else "w", encoding="utf-8", newline="") if path else None
        if self._file and self._file.tell() == 0:
            tabular.write_csv(self._file, [*self._header, *NOTES], [])

    def __enter__(self) -> "RejectsFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    def add(self, line: int, cells: Mapping[str, str], problem: BadRow) -> None:
        """Write one row and flush it, so that a killed run leaves its report."""
        if self._file:
            row = [*(cells.get(name, "") for name in self._header), line, problem.column, problem.reason]
            self._file.write(tabular.csv_line(row))
            self._file.flush()
