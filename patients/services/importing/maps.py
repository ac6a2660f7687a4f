"""The map of an import: what each column means. Its format is described in docs/import.md."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from patients.errors import ImportMapInvalid

_SECTIONS = ("columns", "constants", "defaults", "values", "formats")
_OPTIONS = ("encoding", "delimiter")


@dataclass(frozen=True)
class ImportMap:
    """What each field is read from. A field takes its constant, else its columns, else its default."""

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    formats: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None

    def check_header(self, header: Collection[str]) -> None:
        """Raises ImportMapInvalid when the file lacks a column that the map names."""
        missing = [name for names in self.columns.values() for name in names if name not in header]
        if missing:
            raise ImportMapInvalid(problem=_("the file has no column %s") % ", ".join(missing))


def read_map(text: str, *, fields: Collection[str], required: Collection[str] = ()) -> ImportMap:
    """The map in `text` (TOML). fields: all that this kind of import knows; required: those it cannot do without.

    Raises ImportMapInvalid, which says what is wrong.
    """
    table = _parse(text)
    _check_names(table, fields)
    import_map = ImportMap(
        columns={name: _texts(name, given) for name, given in table.get("columns", {}).items()},
        constants=_plain(table.get("constants", {})),
        defaults=_plain(table.get("defaults", {})),
        values={name: _plain(given) for name, given in table.get("values", {}).items()},
        formats={name: _texts(name, given) for name, given in table.get("formats", {}).items()},
        encoding=table.get("encoding"),
        delimiter=table.get("delimiter"),
    )
    missing = set(required) - set(import_map.columns) - set(import_map.constants)
    if missing:
        raise ImportMapInvalid(problem=_("it does not say where to find %s") % ", ".join(sorted(missing)))
    return import_map


def _parse(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ImportMapInvalid(problem=str(error)) from error


def _check_names(table: dict[str, Any], fields: Collection[str]) -> None:
    unknown = [name for name in table if name not in (*_SECTIONS, *_OPTIONS)]
    for section in _SECTIONS:
        if not isinstance(table.get(section, {}), dict):
            raise ImportMapInvalid(problem=_("[%s] has to be a table") % section)
        unknown += [f"{section}.{name}" for name in table.get(section, {}) if name not in fields]
    if unknown:
        raise ImportMapInvalid(problem=_("unknown: %s") % ", ".join(unknown))


def _texts(name: str, given: Any) -> tuple[str, ...]:
    listed = [given] if isinstance(given, str) else given
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise ImportMapInvalid(problem=_("%s has to be a text or a list of texts") % name)
    return tuple(listed)


def _plain(given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        raise ImportMapInvalid(problem=_("%s has to be a table") % given)
    return {str(name): str(value) for name, value in given.items()}
