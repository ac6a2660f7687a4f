"""One statement with kept text: what is left open in it, and how it is sent."""

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models
from psycopg.sql import Literal

from .values import sender


class Given(models.Expression):
    """A value that is given at each run. `field` says how the database wants it."""

    def __init__(self, name: str, field: models.Field, through: Callable[[Any], Any] | None = None):
        super().__init__(output_field=field)
        self.name = name
        self.through = through  # what the statement uses is through(value)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list]:
        return "%s", [self]


class Statement:
    """A statement for one kind of database, in which only what is given at each run is left open.

    On PostgreSQL it runs as a prepared statement (DATABASE_PREPARE), which saves planning. Constants are literals: a
    plan for any value must still see that a partial index fits.
    """

    def __init__(self, sql: str, params: Iterable[Any]):
        connection = here()
        self.sql, given = _inlined(sql, list(params), connection)
        self.open = [(one.name, one.through, sender(one.output_field, connection)) for one in given]
        is_postgresql = connection.vendor == "postgresql"
        self.cursor = _Cursor if is_postgresql else _plain_cursor
        marks = [f"${n + 1}" if is_postgresql else "?" for n in range(len(given))]
        self.raw = self.sql % tuple(marks)

    def fetch(self, given: dict[str, Any]) -> list[tuple]:
        """Run it and return its rows."""
        with self._run(given) as cursor:
            return cursor.fetchall()

    def count(self, given: dict[str, Any]) -> int:
        """Run it and return how many rows it changed."""
        with self._run(given) as cursor:
            return cursor.rowcount

    def _run(self, given: dict[str, Any]) -> Any:
        connection = here()
        values = [
            send(through(given[name]) if through else given[name], connection) for name, through, send in self.open
        ]
        if connection.queries_logged:  # the log wants the values in their places, as only Django's cursor sends them
            cursor = connection.cursor()
            cursor.execute(self.sql, values)
            return cursor
        connection.ensure_connection()
        cursor = connection._prepare_cursor(self.cursor(connection.connection))  # errors are translated as ever
        cursor.execute(self.raw, values)
        return cursor


def here() -> Any:
    """This thread's connection; asked once per statement, because the way to it is long."""
    return connections[DEFAULT_DB_ALIAS]


class _Cursor(psycopg.RawCursor):
    """Sends values apart from the statement, which is taken as it stands, and takes rows in binary: both cost less."""

    def execute(self, query: str, params: Any = None, **options: Any) -> "_Cursor":
        return super().execute(query, params, binary=True, **options)


def _plain_cursor(connection: sqlite3.Connection) -> sqlite3.Cursor:
    """SQLite's own; Django's would translate the placeholders at each run."""
    return connection.cursor(sqlite3.Cursor)


def _inlined(sql: str, params: list[Any], connection: Any) -> tuple[str, list[Given]]:
    """The text with constants written out, and what stays open."""
    first, *rest = sql.split("%s")
    written = [first]
    for param, piece in zip(params, rest, strict=True):
        written += ["%s" if isinstance(param, Given) else _literal(param, connection), piece]
    return "".join(written), [param for param in params if isinstance(param, Given)]


def _literal(value: Any, connection: Any) -> str:
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        text = Literal(value).as_string(connection.connection)
    else:
        text = connection.connection.execute("SELECT quote(?)", [value]).fetchone()[0]
    return str(text).replace("%", "%%")
