"""A queryset whose SQL is built once per process and run again with other values.

To build the SQL of a wide SELECT costs the ORM several times what the database needs to answer it. On the path of
a booking that is half of all work, so there, and only there, the SQL is kept. What is kept holds no data: two
processes cannot disagree about it.

    slots = Compiled(lambda: Slot.objects.with_session().filter(uuid=Given("uuid", models.UUIDField())))
    slot = slots.first(uuid=…)
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

from django.db import connection, models
from django.db.backends.postgresql import base as postgresql
from django.db.models.query import FlatValuesListIterable, ModelIterable, get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from psycopg.sql import Literal
from psycopg.types.numeric import Int8


class Given(models.Expression):
    """A value that is given at each run. `field` says how the database wants it."""

    def __init__(self, name: str, field: models.Field, through: Callable[[Any], Any] = lambda value: value):
        super().__init__(output_field=field)
        self.name = name
        self.through = through  # what the statement uses is through(value)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list]:
        return "%s", [self]

    def value(self, given: dict[str, Any]) -> Any:
        """The given value as a parameter of the statement."""
        value = self.output_field.get_db_prep_save(self.through(given[self.name]), connection)
        return Int8(value) if type(value) is int and connection.vendor == "postgresql" else value


class Compiled:
    """Runs what `build()` says; model instances come with their `select_related` and annotations, as from the ORM."""

    def __init__(self, build: Callable[[], models.QuerySet]):
        self.build = build
        self.by_vendor: dict[str, _Statement] = {}

    def rows(self, **given: Any) -> Iterator[Any]:
        """The rows for these values: instances, or tuples when the queryset is a `values_list`."""
        statement = self.by_vendor.get(connection.vendor)
        if statement is None:
            statement = self.by_vendor[connection.vendor] = _Statement(self.build())
        return statement.run(given)

    def first(self, **given: Any) -> Any:
        """The first row, or None."""
        return next(iter(self.rows(**given)), None)


class CompiledUpdate:
    """`build().update(**changes)` with kept SQL: a conditional UPDATE of which only the number of rows matters."""

    def __init__(self, build: Callable[[], models.QuerySet], **changes: Any):
        self.build = build
        self.changes = changes
        self.by_vendor: dict[str, _Sql] = {}

    def run(self, **given: Any) -> int:
        """How many rows were changed."""
        sql = self.by_vendor.get(connection.vendor)
        if sql is None:
            sql = self.by_vendor[connection.vendor] = self._compile()
        with sql.executed(given) as cursor:
            return cursor.rowcount

    def _compile(self) -> "_Sql":
        query = self.build().query.chain(UpdateQuery)
        query.add_update_values(self.changes)
        return _Sql(*query.get_compiler(connection=connection).as_sql())


class CompiledInsert:
    """Saves new rows of a model with kept SQL and gives them their primary keys.

    Sends no signals: a model with history is written by `common.history.insert_with_history`.
    """

    def __init__(self, model: type[models.Model]):
        self.model = model
        self.fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        self.by_vendor: dict[str, _Sql] = {}

    def run(self, row: models.Model) -> models.Model:
        """Write the row, which must be new; every value is taken as it stands."""
        sql = self.by_vendor.get(connection.vendor)
        if sql is None:
            sql = self.by_vendor[connection.vendor] = self._compile(row)
        values = {field.attname: getattr(row, field.attname) for field in self.fields}
        with sql.executed(values) as cursor:
            row.pk = cursor.fetchone()[0]
        row._state.adding, row._state.db = False, connection.alias
        return row

    def _compile(self, row: models.Model) -> "_Sql":
        query = InsertQuery(self.model)
        query.insert_values(self.fields, [row])
        compiler = query.get_compiler(connection=connection)
        compiler.returning_fields = [self.model._meta.pk]
        return _Sql(compiler.as_sql()[0][0], [Given(field.attname, field) for field in self.fields])


class _Cursor(postgresql.ServerBindingCursor):
    """Sends values apart from the statement, and still tells Django's log what it ran: psycopg forgets the text of a
    statement that was prepared."""

    def execute(self, query: str, params: Any = None, **options: Any) -> "_Cursor":
        super().execute(query, params, **options)
        if self._query is None:
            self._query = SimpleNamespace(query=query.encode())
        return self


class _Sql:
    """A statement for one kind of database, in which only what is given at each run is left open.

    On PostgreSQL it runs as a prepared statement (DATABASE_PREPARE), which saves planning. Constants are
    literals there: a plan for any value must still see that a partial index fits.
    """

    def __init__(self, sql: str, params: Iterable[Any]):
        self.is_postgresql = connection.vendor == "postgresql"
        self.sql, self.params = _inlined(sql, list(params)) if self.is_postgresql else (sql, list(params))

    @contextmanager
    def executed(self, given: dict[str, Any]) -> Iterator[Any]:
        """A cursor that has run the statement with these values."""
        values = [p.value(given) if isinstance(p, Given) else p for p in self.params]
        with self._cursor() as cursor:
            cursor.execute(self.sql, values)
            yield cursor

    def _cursor(self) -> Any:
        """Django's own cursor, but on PostgreSQL one that sends values apart from the statement."""
        if not self.is_postgresql:
            return connection.cursor()
        connection.ensure_connection()
        return connection._prepare_cursor(_Cursor(connection.connection))


def _inlined(sql: str, params: list[Any]) -> tuple[str, list[Given]]:
    first, *rest = sql.split("%s")
    written = [first]
    for param, piece in zip(params, rest, strict=True):
        written += ["%s" if isinstance(param, Given) else _literal(param), piece]
    return "".join(written), [param for param in params if isinstance(param, Given)]


def _literal(value: Any) -> str:
    return Literal(value).as_string(connection.connection).replace("%", "%%")


class _Statement:
    """The SQL for one kind of database, and how its rows become objects."""

    def __init__(self, queryset: models.QuerySet):
        self.compiler = queryset.query.get_compiler(connection=connection)
        self.sql = _Sql(*self.compiler.as_sql())
        self.converters = self.compiler.get_converters([column for column, _sql, _alias in self.compiler.select])
        makers = {ModelIterable: self._instances, FlatValuesListIterable: lambda: itemgetter(0)}
        self.make = makers.get(queryset._iterable_class, lambda: tuple)()

    def run(self, given: dict[str, Any]) -> Iterator[Any]:
        with self.sql.executed(given) as cursor:
            fetched = cursor.fetchall()
        if self.converters:
            fetched = self._convert(fetched)
        return map(self.make, fetched)

    def _convert(self, fetched: list) -> Iterator[list]:
        """As `SQLCompiler.apply_converters`, for the connection of this thread."""
        for row in map(list, fetched):
            for position, (functions, expression) in self.converters.items():
                value = row[position]
                for function in functions:
                    value = function(value, expression, connection)
                row[position] = value
            yield row

    def _instances(self) -> Callable[[Any], models.Model]:
        """What `ModelIterable` does for each row."""
        info, select = self.compiler.klass_info, self.compiler.select
        fields = info["select_fields"]
        start, end = fields[0], fields[-1] + 1
        names = [column[0].target.attname for column in select[start:end]]
        related = get_related_populators(info, select, connection.alias)
        annotations = list(self.compiler.annotation_col_map.items())

        def make(row: Any) -> models.Model:
            found = info["model"].from_db(connection.alias, names, row[start:end])
            for populator in related:
                populator.populate(row, found)
            for name, position in annotations:
                setattr(found, name, row[position])
            return found

        return make
