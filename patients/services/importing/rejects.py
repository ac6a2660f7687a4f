"""The rows to look at, in the shape of the file they came from, each with what is wrong."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from common import tabular
from patients.services.importing.rows import BadRow

NOTES = ("import_line", "import_column", "import_reason")


class RejectsFile:
    """Writes rejected rows as they come, and stored ones with a warning; correct the file and feed it again: the notes
    are ignored then, and what is stored is known."""

    def __init__(
        self, path: Path | None, header: list[str], *, on_warning: Callable[[int, str], None], append: bool = False
    ) -> None:
        self._on_warning = on_warning
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
        """A row that was refused."""
        self._write(line, cells, problem.column, problem.reason)

    def warn(self, line: int, cells: Mapping[str, str], warning: str) -> None:
        """A row that was stored, but not in silence."""
        self._write(line, cells, "", warning)
        self._on_warning(line, warning)

    def _write(self, line: int, cells: Mapping[str, str], *notes: str) -> None:
        """One row, flushed, so that a killed run leaves its report."""
        if self._file:
            self._file.write(tabular.csv_line([*(cells.get(name, "") for name in self._header), line, *notes]))
            self._file.flush()
