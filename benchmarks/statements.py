"""Counting SQL statements, and reading what they say."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import compiled

FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@contextmanager
def captured() -> Iterator[CaptureQueriesContext]:
    """The statements of what is done inside, with their values in them: kept statements, which send their values
    apart, go through Django's own cursor here."""
    own, compiled._Sql._cursor = compiled._Sql._cursor, lambda self: connection.cursor()
    try:
        with CaptureQueriesContext(connection) as caught:
            yield caught
    finally:
        compiled._Sql._cursor = own


def working(statements: list[str]) -> list[str]:
    """Without those that only open and close a transaction."""
    return [one for one in statements if not one.lstrip().upper().startswith(FRAME)]
