"""Tables that people make: read CSV and XLSX of unknown origin as a stream, and write them so that no cell can run.

Reading keeps one row at a time in memory. Every export of the project goes through `csv_lines`, `write_csv` or
`write_xlsx`: a spreadsheet program takes cells that begin with = + - @ for formulas, and names come from strangers.
"""

import codecs
import csv
import datetime
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, NamedTuple

from common.lean import without

with without("numpy"):  # openpyxl loads it where it is installed: 25 MB in every web process, for types we never write
    from openpyxl import Workbook, load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

MAX_FILE_BYTES = 300 * 1024**2
MAX_UNZIPPED_BYTES = 600 * 1024**2
MAX_RATIO = 200  # unzipped to zipped; real sheets stay under 50
MAX_COLUMNS = 500
MAX_CELL = 32_767  # characters, Excel's own limit
_CHUNK = 1024 * 1024
_DELIMITERS = ",;\t|"
_RUNS = "=+-@"


class UnreadableTable(ValueError):
    """The file as a whole cannot be read: too big, no table, or an unknown encoding. `reason` is a short code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Row(NamedTuple):
    """One row: the line where it begins (1 is the header), its cells by column, and cells beyond the header."""

    line: int
    values: dict[str, str]
    extra: list[str]


class Table:
    """An opened table. `header` is known at once; `rows()` streams."""

    def __init__(self, path: str | Path, *, encoding: str | None = None, delimiter: str | None = None) -> None:
        """Raises UnreadableTable. encoding, delimiter: when they are known; else they are recognised."""
        self.path = Path(path)
        if self.path.stat().st_size > MAX_FILE_BYTES:
            raise UnreadableTable("file_too_big")
        self.is_xlsx = zipfile.is_zipfile(self.path)
        self.encoding = "" if self.is_xlsx else _known(encoding) or recognise_encoding(self.path)
        self._delimiter = delimiter
        self.header = self._read_header()

    def rows(self) -> Iterator[Row]:
        """Every row after the header that has any content. Raises UnreadableTable for a broken one."""
        cells = self._cells()
        next(cells)
        for line, row in cells:
            if any(row):
                values = dict.fromkeys(self.header, "") | dict(zip(self.header, row, strict=False))
                values.pop("", None)
                yield Row(line, values, [cell for cell in row[len(self.header) :] if cell])

    def count(self) -> int:
        """About how many rows there are, for a progress bar: lines, so a cell with a line break counts twice."""
        if self.is_xlsx:
            return sum(1 for _ in self.rows())
        with self.path.open("rb") as file:
            newlines = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK), b""))
        return max(newlines - 1, 0)

    def _read_header(self) -> list[str]:
        _line, first = next(self._cells(), (0, []))
        header = [" ".join(cell.split()) for cell in first]
        while header and not header[-1]:
            header.pop()
        named = [name for name in header if name]
        if not named:
            raise UnreadableTable("no_header")
        if len(set(named)) < len(named):
            raise UnreadableTable("columns_repeat")
        return header

    def _cells(self) -> Iterator[tuple[int, list[str]]]:
        for line, row in self._xlsx() if self.is_xlsx else self._csv():
            if len(row) > MAX_COLUMNS:
                raise UnreadableTable("too_many_columns")
            yield line, [unescape_cell(cell) for cell in row]

    def _csv(self) -> Iterator[tuple[int, list[str]]]:
        try:
            with self.path.open(encoding=self.encoding, newline="") as file:
                delimiter = self._delimiter or _sniff(file)
                reader = csv.reader(file, delimiter=delimiter)
                before = 0
                for row in reader:
                    yield before + 1, row
                    before = reader.line_num
        except (csv.Error, UnicodeError) as error:
            raise UnreadableTable("broken_text") from error

    def _xlsx(self) -> Iterator[tuple[int, list[str]]]:
        _check_zip(self.path)
        try:
            book = load_workbook(self.path, read_only=True, data_only=True)
        except (InvalidFileException, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise UnreadableTable("broken_workbook") from error
        try:
            rows = book.worksheets[0].iter_rows(values_only=True, max_col=MAX_COLUMNS + 1)
            for line, row in enumerate(rows, start=1):
                yield line, _trimmed([_text(value) for value in row])
        finally:
            book.close()


def recognise_encoding(path: Path) -> str:
    """Byte-order mark first, then UTF-16 by its zero bytes, then whatever decodes whole: UTF-8, GB18030."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in start:
        return _utf16_side(start)
    for encoding in ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise UnreadableTable("unknown_encoding")


def safe_cell(value: Any) -> Any:
    """`value` for a spreadsheet: texts that a program would run get an apostrophe in front; numbers stay numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | datetime.date | datetime.time):
        text = "" if value is None else str(value)
        return f"'{text}" if _would_run(text) else text
    return value


def unescape_cell(text: str) -> str:
    """What `safe_cell` was given: files that we wrote can be corrected and read again."""
    return text[1:] if text.startswith("'") and _would_run(text[1:]) else text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]], *, bom: bool = True) -> Iterator[str]:
    """CSV text line by line, for a streamed answer. bom: so that Excel takes it for UTF-8."""
    yield ("\ufeff" if bom else "") + csv_line(header)
    for row in rows:
        yield csv_line(row)


def csv_line(row: Sequence[Any]) -> str:
    """One line of CSV with its line end, for whoever writes row by row."""
    return csv.writer(_Echo()).writerow([safe_cell(value) for value in row])


def write_csv(file: IO[str], header: Sequence[str], rows: Iterable[Sequence[Any]], *, bom: bool = True) -> None:
    """Write CSV to an open text file (`newline=""`)."""
    file.writelines(csv_lines(header, rows, bom=bom))


def write_xlsx(file: IO[bytes] | Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write one sheet row by row, in little memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([safe_cell(name) for name in header])
    for row in rows:
        sheet.append([_sheet_cell(value) for value in row])
    book.save(file)


class _Echo:
    """A file whose write returns its text: csv.writer then returns each line."""

    def write(self, text: str) -> str:
        return text


def _would_run(text: str) -> bool:
    if text.startswith(("\t", "\r", "\n")):
        return True
    bare = text.lstrip("".join({char for char in text if unicodedata.category(char)[0] in "ZC"}))
    return unicodedata.normalize("NFKC", bare[:1])[:1] in tuple(_RUNS)


def _sheet_cell(value: Any) -> Any:
    if isinstance(value, datetime.datetime) and value.tzinfo:
        value = value.replace(tzinfo=None)  # sheets know no zones: the caller gives local time
    safe = safe_cell(value)
    if isinstance(safe, str):  # control characters cannot stand in XML
        return "".join(char for char in safe if char in "\t\n\r" or unicodedata.category(char) not in ("Cc", "Cs"))
    return safe


def _known(encoding: str | None) -> str | None:
    if not encoding:
        return None
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise UnreadableTable("unknown_encoding") from error


def _utf16_side(start: bytes) -> str:
    even, odd = start[::2].count(0), start[1::2].count(0)
    if even == odd:
        raise UnreadableTable("unknown_encoding")
    return "utf-16-le" if odd > even else "utf-16-be"


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            for chunk in iter(lambda: file.read(_CHUNK), b""):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _sniff(file: IO[str]) -> str:
    """The delimiter that the first line has most of, outside quotes; a table of one column takes a comma."""
    first = file.readline(_CHUNK)
    file.seek(0)
    outside = "".join(first.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def _check_zip(path: Path) -> None:
    """Refuse a bomb before it is opened. A lying size does no harm: zipfile reads no more than is declared."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    unzipped = sum(entry.file_size for entry in entries)
    if unzipped > MAX_UNZIPPED_BYTES or len(entries) > 10_000:
        raise UnreadableTable("file_too_big")
    if unzipped > _CHUNK and unzipped > MAX_RATIO * max(path.stat().st_size, 1):
        raise UnreadableTable("zip_bomb")


def _trimmed(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row.pop()
    return row


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # phones and numbers typed as numbers
    return str(value)[:MAX_CELL]
