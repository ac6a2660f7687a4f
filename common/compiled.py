"""A queryset whose SQL is built once per process and run again with other values.

To build the SQL of a wide SELECT costs the ORM several times what the database needs to answer it. On the path of
a booking that is half of all work, so there, and only there, the SQL is kept. What is kept holds no data: two
processes cannot disagree about it.

    slots = Compiled(lambda: Slot.objects.with_session().filter(uuid=Given("uuid", models.UUIDField())))
    slot = slots.first(uuid=…)
"""

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from typing import Any

from django.db import connection, models
from django.db.models.query import FlatValuesListIterable, ModelIterable, get_related_populators
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler


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
        return self.output_field.get_db_prep_value(self.through(given[self.name]), connection)


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
        self.by_vendor: dict[str, tuple[str, tuple]] = {}

    def run(self, **given: Any) -> int:
        """How many rows were changed."""
        kept = self.by_vendor.get(connection.vendor)
        if kept is None:
            kept = self.by_vendor[connection.vendor] = self._compile()
        sql, params = kept
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(params, given))
            return cursor.rowcount

    def _compile(self) -> tuple[str, tuple]:
        query = self.build().query.chain(UpdateQuery)
        query.add_update_values(self.changes)
        return query.get_compiler(connection=connection).as_sql()


class CompiledInsert:
    """Saves new rows of a model with kept SQL and gives them their primary keys.

    Sends no signals: a model with history is written by `common.history.insert_with_history`.
    """

    def __init__(self, model: type[models.Model]):
        self.model = model
        self.fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        self.by_vendor: dict[str, str] = {}

    def run(self, row: models.Model) -> models.Model:
        """Write the row, which must be new; every value is taken as it stands."""
        sql = self.by_vendor.get(connection.vendor)
        if sql is None:
            sql = self.by_vendor[connection.vendor] = self._compile(row)
        values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in self.fields]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            row.pk = cursor.fetchone()[0]
        row._state.adding, row._state.db = False, connection.alias
        return row

    def _compile(self, row: models.Model) -> str:
        query = InsertQuery(self.model)
        query.insert_values(self.fields, [row])
        compiler = query.get_compiler(connection=connection)
        compiler.returning_fields = [self.model._meta.pk]
        return compiler.as_sql()[0][0]


def _filled(params: Iterable[Any], given: dict[str, Any]) -> list[Any]:
    return [p.value(given) if isinstance(p, Given) else p for p in params]


class _Statement:
    """The SQL for one kind of database, and how its rows become objects."""

    def __init__(self, queryset: models.QuerySet):
        self.compiler = queryset.query.get_compiler(connection=connection)
        self.sql, self.params = self.compiler.as_sql()
        self.converters = self.compiler.get_converters([column for column, _sql, _alias in self.compiler.select])
        makers = {ModelIterable: self._instances, FlatValuesListIterable: lambda: itemgetter(0)}
        self.make = makers.get(queryset._iterable_class, lambda: tuple)()

    def run(self, given: dict[str, Any]) -> Iterator[Any]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, _filled(self.params, given))
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
