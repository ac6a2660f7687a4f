"""Rows written with kept SQL."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db import models
from django.db.models.sql import InsertQuery, UpdateQuery

from .statement import Given, Statement, here


class CompiledUpdate:
    """`build().update(**changes)` with kept SQL: a conditional UPDATE of which only the number of rows matters."""

    def __init__(self, build: Callable[[], models.QuerySet], **changes: Any):
        self.build = build
        self.changes = changes
        self.by_vendor: dict[str, Statement] = {}

    def run(self, **given: Any) -> int:
        """How many rows were changed."""
        vendor = here().vendor
        if vendor not in self.by_vendor:
            self.by_vendor[vendor] = self._compile()
        return self.by_vendor[vendor].count(given)

    def _compile(self) -> Statement:
        query = self.build().query.chain(UpdateQuery)
        query.add_update_values(self.changes)
        return Statement(*query.get_compiler(connection=here()).as_sql())


class Following(NamedTuple):
    """Rows of `model` that are written right after a first row; their `field` takes its primary key."""

    model: type[models.Model]
    field: str


class CompiledInsert:
    """Writes a new row, and rows that follow from it, with kept SQL: one statement where the database knows how
    (PostgreSQL), else one after the other.

    Sends no signals: a model with history is written by `common.history.insert_with_history`.
    """

    def __init__(self, model: type[models.Model], *following: Following):
        self.model = model
        self.following = following
        self.by_vendor: dict[str, Callable[[tuple[dict, ...]], tuple[int, ...]]] = {}

    def run(self, *rows: dict[str, Any]) -> tuple[int, ...]:
        """Write these values, by name of attribute and each as it stands; returns their primary keys."""
        vendor = here().vendor
        if vendor not in self.by_vendor:
            self.by_vendor[vendor] = self._as_one() if vendor == "postgresql" else self._one_by_one()
        return self.by_vendor[vendor](rows)

    def _one_by_one(self) -> Callable:
        first, *others = [Statement(*_insert(model)) for model in (self.model, *(one.model for one in self.following))]

        def run(rows: tuple[dict, ...]) -> tuple[int, ...]:
            ids = [first.fetch(rows[0])[0][0]]
            for statement, values, (_model, field) in zip(others, rows[1:], self.following, strict=True):
                ids.append(statement.fetch(values | {field: ids[0]})[0][0])
            return tuple(ids)

        return run

    def _as_one(self) -> Callable:
        text, params = _insert(self.model, 0)
        parts = [text]
        for number, (model, field) in enumerate(self.following, 1):
            more, values = _insert(model, number)
            at = [given.name for given in values].index((number, field))
            parts.append(_replaced(more, at, '(SELECT * FROM "row0")'))
            params += values[:at] + values[at + 1 :]
        statement = Statement(_joined(parts), params)

        def run(rows: tuple[dict, ...]) -> tuple[int, ...]:
            given = {(number, name): value for number, row in enumerate(rows) for name, value in row.items()}
            return statement.fetch(given)[0]

        return run


def mark_written(row: models.Model, pk: int) -> None:
    """The row stands in the database, under this key."""
    row.pk = pk
    row._state.adding, row._state.db = False, here().alias


def _insert(model: type[models.Model], number: int | None = None) -> tuple[str, list[Given]]:
    """INSERT … RETURNING the primary key, every value left open; named with `number` where several rows are told
    apart."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    query = InsertQuery(model)
    query.insert_values(fields, [model()])
    compiler = query.get_compiler(connection=here())
    compiler.returning_fields = [model._meta.pk]
    names = [field.attname if number is None else (number, field.attname) for field in fields]
    return compiler.as_sql()[0][0], [Given(name, field) for name, field in zip(names, fields, strict=True)]


def _replaced(sql: str, at: int, text: str) -> str:
    """The statement with its placeholder number `at` written out."""
    pieces = sql.split("%s")
    return "%s".join([*pieces[:at], f"{pieces[at]}{text}{pieces[at + 1]}", *pieces[at + 2 :]])


def _joined(inserts: list[str]) -> str:
    """One statement of several, each with RETURNING; its row holds what they return."""
    names = [f'"row{number}"' for number in range(len(inserts))]
    parts = [f"{name} AS ({insert})" for name, insert in zip(names, inserts, strict=True)]
    return f"WITH {', '.join(parts)} SELECT * FROM {', '.join(names)}"  # noqa: S608 - written by Django's compiler
