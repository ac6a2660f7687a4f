"""Rows and model instances from a kept SELECT."""

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any

from django.db import models
from django.db.models.base import ModelState
from django.db.models.query import FlatValuesListIterable, ModelIterable

from .statement import Statement, here


class Compiled:
    """Runs what `build()` says; model instances come with their `select_related` and annotations, as from the ORM.

    Instances are filled directly, without `__init__` and its signals, to which nothing here listens.
    """

    def __init__(self, build: Callable[[], models.QuerySet]):
        self.build = build
        self.by_vendor: dict[str, _Select] = {}

    def rows(self, **given: Any) -> Iterator[Any]:
        """The rows for these values: instances, or tuples when the queryset is a `values_list`."""
        return self._select().run(given)

    def first(self, **given: Any) -> Any:
        """The first row, or None."""
        return next(self.rows(**given), None)

    def _select(self) -> "_Select":
        vendor = here().vendor
        if vendor not in self.by_vendor:
            self.by_vendor[vendor] = _Select(self.build())
        return self.by_vendor[vendor]


class _Select:
    """The SQL for one kind of database, and how its rows become objects."""

    def __init__(self, queryset: models.QuerySet):
        compiler = queryset.query.get_compiler(connection=here())
        self.statement = Statement(*compiler.as_sql())
        self.converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        makers = {ModelIterable: lambda: instances(compiler), FlatValuesListIterable: lambda: itemgetter(0)}
        self.make = makers.get(queryset._iterable_class, lambda: tuple)()

    def run(self, given: dict[str, Any]) -> Iterator[Any]:
        fetched = self.statement.fetch(given)
        return map(self.make, self._convert(fetched) if self.converters else fetched)

    def _convert(self, fetched: list) -> Iterator[list]:
        """As `SQLCompiler.apply_converters`, for the connection of this thread."""
        connection = here()
        for row in map(list, fetched):
            for position, (functions, expression) in self.converters.items():
                value = row[position]
                for function in functions:
                    value = function(value, expression, connection)
                row[position] = value
            yield row


Make = Callable[[Any], Any]


def instances(compiler: Any) -> Make:
    """What makes an instance of a row, with its related ones and annotations."""
    make = _instance(compiler.klass_info, compiler.select)
    annotations = list(compiler.annotation_col_map.items())

    def annotated(row: Any) -> models.Model:
        found = make(row)
        for name, position in annotations:
            found.__dict__[name] = row[position]
        return found

    return annotated if annotations else make


def _instance(info: dict[str, Any], select: list) -> Make:
    """As `Model.from_db` and `RelatedPopulator`, a third of their time."""
    model, fields = info["model"], info["select_fields"]
    names = [select[position][0].target.attname for position in fields]
    pick, key = itemgetter(*fields), fields[names.index(model._meta.pk.attname)]
    related = [
        (_instance(below, select), below["local_setter"], below["remote_setter"])
        for below in info.get("related_klass_infos", ())
    ]

    def make(row: Any) -> models.Model | None:
        if row[key] is None:
            return None
        found = model.__new__(model)
        found.__dict__.update(zip(names, pick(row), strict=True), _state=_loaded())
        for below, set_here, set_there in related:
            other = below(row)
            set_here(found, other)
            if other is not None:
                set_there(other, found)
        return found

    return make


def _loaded() -> ModelState:
    """The state of a row that stands in the database."""
    state = ModelState()
    state.adding, state.db = False, here().alias
    return state
