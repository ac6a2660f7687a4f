"""`field__prefix="zhang"`: starts-with that uses a plain index on both databases.

Django's `startswith` is `LIKE … ESCAPE` on SQLite, which reads the whole table, and on PostgreSQL needs its pattern at
planning time. This asks for a range in byte order instead; give the column `prefix_index(...)`.
"""

import sys

from django.db import models
from django.db.models.expressions import OrderBy
from django.db.models.lookups import Lookup

from common.compiled import Given

_AFTER_SURROGATES = "\ue000"


def prefix_index(field: str, *more: str, name: str) -> models.Index:
    """An index for `field__prefix`, on PostgreSQL in byte order whatever the database's collation.

    more: further columns after it; those of whole numbers come as "=name" since they need their own operator class.
    """
    fields = [field, *(column.removeprefix("=") for column in more)]
    classes = [
        "varchar_pattern_ops",
        *("int8_ops" if column.startswith("=") else "varchar_pattern_ops" for column in more),
    ]
    return models.Index(fields=fields, opclasses=classes, name=name)


def just_after(prefix: str) -> str | None:
    """The first text after all that begin with `prefix`, by code point (UTF-8 sorts alike); None if there is none."""
    kept = prefix.rstrip(chr(sys.maxunicode))
    if not kept:
        return None
    following = chr(ord(kept[-1]) + 1)
    return kept[:-1] + (_AFTER_SURROGATES if "\ud800" <= following <= "\udfff" else following)


class Prefix(Lookup):
    """Rows whose text begins with the value; everything begins with an empty one."""

    lookup_name = "prefix"
    prepare_rhs = False

    def get_prep_lookup(self) -> str | Given:
        return self.rhs if isinstance(self.rhs, Given) else str(self.rhs)

    def as_sql(self, compiler, connection):  # type: ignore[no-untyped-def]
        return self._between(compiler, connection, ">=", "<")

    def as_postgresql(self, compiler, connection):  # type: ignore[no-untyped-def]
        return self._between(compiler, connection, "~>=~", "~<~")

    def _between(self, compiler, connection, from_, before):  # type: ignore[no-untyped-def]
        column, params = self.process_lhs(compiler, connection)
        end = self._end()
        if end is None:
            return f"{column} {from_} %s", [*params, self.rhs]
        return f"({column} {from_} %s AND {column} {before} %s)", [*params, self.rhs, *params, end]

    def _end(self) -> str | Given | None:
        """Where the range ends; of a prefix that is given at each run, so is its end (it must not be empty)."""
        if isinstance(self.rhs, Given):
            return Given(self.rhs.name, self.rhs.output_field, through=just_after)
        return just_after(self.rhs)


class ByteOrder(OrderBy):
    """`ByteOrder("token")`: ascending by bytes, as the prefix index already is, so that nothing needs to be sorted."""

    def __init__(self, field: str) -> None:
        super().__init__(models.F(field))

    def as_postgresql(self, compiler, connection):  # type: ignore[no-untyped-def]
        # The comment is for Django, which looks for ASC or DESC to find where the expression ends.
        return self.as_sql(compiler, connection, template="%(expression)s USING ~<~ /* ASC */")


models.CharField.register_lookup(Prefix)
models.TextField.register_lookup(Prefix)
