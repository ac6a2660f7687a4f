"""One row seen through the map."""

import datetime
from collections.abc import Collection

from django.utils.translation import gettext as _

from common import tabular
from patients.services.importing.maps import ImportMap


class BadRow(Exception):
    """The row cannot be stored: which column, a code for software and a reason for people."""

    def __init__(self, code: str, reason: str, *, column: str = "") -> None:
        super().__init__(code)
        self.code, self.reason, self.column = code, reason, column


class MappedRow:
    """The fields of one row, after constants, translations of values and defaults."""

    def __init__(self, row: tabular.Row, import_map: ImportMap) -> None:
        self.line = row.line
        self._cells = row.values
        self._map = import_map

    def text(self, field: str) -> str:
        """The first filled column of the field, translated; its constant or default; else an empty text."""
        return next(iter(self.texts(field)), "")

    def texts(self, field: str) -> list[str]:
        """All filled columns of the field, for those that may have several (phones)."""
        if field in self._map.constants:
            return [self._map.constants[field]]
        cells = [self._cells.get(column, "").strip() for column in self._map.columns.get(field, ())]
        values = self._map.values.get(field, {})
        filled = [values.get(cell, cell) for cell in cells if cell]
        return filled or [default for name, default in self._map.defaults.items() if name == field]

    def required(self, field: str) -> str:
        """The text of a field that cannot be empty. Raises BadRow."""
        return self.text(field) or self._refuse("empty", _("is empty"), field)

    def choice(self, field: str, allowed: Collection[str]) -> str:
        """One of `allowed`, or an empty text. Raises BadRow."""
        text = self.text(field)
        if text and text not in allowed:
            self._refuse("unknown_value", _("“%s” is not known: add it to the map's values") % text[:40], field)
        return text

    def date(self, field: str) -> datetime.date | None:
        """The day, by the map's formats or as 2024-01-31. Raises BadRow."""
        moment = self.moment(field)
        return moment.date() if moment else None

    def moment(self, field: str) -> datetime.datetime | None:
        """The wall-clock time, naive unless the text names a zone. Raises BadRow."""
        text = self.text(field)
        if not text:
            return None
        for pattern in self._map.formats.get(field, ()):
            try:
                return datetime.datetime.strptime(text, pattern)  # noqa: DTZ007 - the file's wall clock
            except ValueError:
                continue
        try:
            return datetime.datetime.fromisoformat(text)
        except ValueError:
            return self._refuse("not_a_date", _("“%s” is not a date in a format of the map") % text[:40], field)

    def number(self, field: str) -> int | None:
        """A whole number, possibly negative. Raises BadRow."""
        text = self.text(field)
        try:
            return int(text) if text else None
        except ValueError:
            return self._refuse("not_a_number", _("“%s” is not a whole number") % text[:40], field)

    def bad(self, code: str, reason: str, field: str = "") -> BadRow:
        """The problem with a field of this row, naming the column that it came from."""
        return BadRow(code, reason, column=", ".join(self._map.columns.get(field, (field,))))

    def _refuse(self, code: str, reason: str, field: str):  # type: ignore[no-untyped-def]
        raise self.bad(code, reason, field)
