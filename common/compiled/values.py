"""How Python's values become parameters of a statement: what the ORM asks of a field at each value is asked once."""

from collections.abc import Callable
from typing import Any

from django.db import models
from psycopg.types.numeric import Int8

Send = Callable[[Any, Any], Any]  # (value, connection) -> parameter

_PLAIN = {models.CharField, models.TextField, models.BooleanField}
_PLAIN_ON_POSTGRESQL = _PLAIN | {models.UUIDField, models.DateTimeField, models.DateField}
_WHOLE = (models.IntegerField,)  # and what derives from it, keys too


def sender(field: models.Field, connection: Any) -> Send:
    """The way from a value of `field` to what this kind of database takes."""
    field = getattr(field, "target_field", field)
    if connection.vendor == "postgresql":
        return _for_postgresql(field, connection)
    if type(field) in _PLAIN or isinstance(field, _WHOLE):
        return _as_it_stands
    return {models.UUIDField: _hex, models.DateTimeField: _wall_clock}.get(type(field)) or _by_field(field)


def _for_postgresql(field: models.Field, connection: Any) -> Send:
    if type(field) in _PLAIN_ON_POSTGRESQL:
        return _as_it_stands
    if isinstance(field, _WHOLE):
        whole = type(field.get_db_prep_save(1, connection))  # as wide as the column
        return _whole(Int8 if whole is int else whole)
    return _by_field(field)


def _as_it_stands(value: Any, connection: Any) -> Any:
    return value


def _whole(kind: type[int]) -> Send:
    return lambda value, connection: None if value is None else kind(value)


def _hex(value: Any, connection: Any) -> str | None:
    return None if value is None else value.hex


def _wall_clock(value: Any, connection: Any) -> str | None:
    return connection.ops.adapt_datetimefield_value(value)


def _by_field(field: models.Field) -> Send:
    return lambda value, connection: field.get_db_prep_save(value, connection)
