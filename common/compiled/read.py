"""Rows and model instances from a kept SELECT."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from operator import itemgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.base import ModelState
from django.db.models.query import FlatValuesListIterable, ModelIterable

from .statement import Statement, here


class Compiled:
    """Runs what `build()` says; model instances come with their `select_related` and annotations, as from the ORM.

    Instances are filled directly, without signals, to which nothing here listens; a model with an `__init__` of its own
    is asked. A related row that several rows name is one instance in each run: a page of slots has its sessions once.
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
        shapes = {
            ModelIterable: lambda: instances(compiler),
            FlatValuesListIterable: lambda: partial(map, itemgetter(0)),
        }
        self.shape = shapes.get(queryset._iterable_class, lambda: partial(map, tuple))()

    def run(self, given: dict[str, Any]) -> Iterator[Any]:
        fetched = self.statement.fetch(given)
        return self.shape(self._convert(fetched) if self.converters else fetched)

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


Known = dict[tuple[int, Any], models.Model]  # (column of the key, key) -> what this run has made of it
Make = Callable[[Any, Known], Any]


def instances(compiler: Any) -> Callable[[Iterable[Any]], Iterator[models.Model]]:
    """What makes instances of rows, each with its related ones and annotations."""
    make = _instance(compiler.klass_info, compiler.select)
    annotations = list(compiler.annotation_col_map.items())

    def annotated(row: Any, known: Known) -> models.Model:
        found = make(row, known)
        for name, position in annotations:
            found.__dict__[name] = row[position]
        return found

    def shape(rows: Iterable[Any]) -> Iterator[models.Model]:
        known: Known = {}
        return (one(row, known) for row in rows)

    one = annotated if annotations else make
    return shape


def _instance(info: dict[str, Any], select: list) -> Make:
    """As `Model.from_db` and `RelatedPopulator`, a third of their time."""
    fields = info["select_fields"]
    names = [select[position][0].target.attname for position in fields]
    fill, pick = _filled(info["model"], names), itemgetter(*fields)
    related = [
        (_once(below, select), below["local_setter"], below["remote_setter"])
        for below in info.get("related_klass_infos", ())
    ]

    def make(row: Any, known: Known) -> models.Model:
        found = fill(pick(row))
        for below, set_here, set_there in related:
            other = below(row, known)
            set_here(found, other)
            if other is not None:
                set_there(other, found)
        return found

    return make


def _once(info: dict[str, Any], select: list) -> Make:
    """A related row, made by the first row of a run that names it; None for none."""
    make, model = _instance(info, select), info["model"]
    key = next(n for n in info["select_fields"] if select[n][0].target is model._meta.pk)

    def find(row: Any, known: Known) -> models.Model | None:
        pk = row[key]
        if pk is not None and (key, pk) not in known:
            known[key, pk] = make(row, known)
        return known.get((key, pk))

    return find


def _filled(model: type[models.Model], names: list[str]) -> Callable[[tuple], models.Model]:
    """What lays a row's values down in a new instance."""
    if model.__init__ is not models.Model.__init__:
        return partial(model.from_db, DEFAULT_DB_ALIAS, names)

    def fill(values: tuple) -> models.Model:
        found = model.__new__(model)
        found.__dict__.update(zip(names, values, strict=True), _state=_loaded())
        return found

    return fill


def _loaded() -> ModelState:
    """The state of a row that stands in the database."""
    state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    return state
