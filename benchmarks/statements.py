"""Counting SQL statements, and reading what they say."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def captured() -> CaptureQueriesContext:
    """The statements of what is done inside, with their values in them."""
    return CaptureQueriesContext(connection)


def working(statements: list[str]) -> list[str]:
    """Without those that only open and close a transaction."""
    return [one for one in statements if not one.lstrip().upper().startswith(FRAME)]
