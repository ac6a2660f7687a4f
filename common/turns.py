"""One after the other, where there is no row yet that could be locked."""

from django.db import connection


def take_turn(what: str) -> None:
    """Wait until nobody else is at `what`, then keep it until the transaction ends.

    On SQLite a transaction is alone with the database anyway. Raises OperationalError after DATABASE_LOCK_TIMEOUT_MS.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
