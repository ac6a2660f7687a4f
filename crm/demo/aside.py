"""Makes room for a demo hospital: the database that there is gets another name and is kept."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from common import clock


def is_possible() -> bool:
    """Only for SQLite on a machine where things are tried; nobody's hospital is put aside by a command."""
    return connection.vendor == "sqlite" and not settings.PRODUCTION and not connection.in_atomic_block


def put_aside() -> Path:
    """Rename the database file and make an empty one in its place; returns the new name of the old one."""
    path = Path(connection.settings_dict["NAME"])
    kept = path.with_name(f"{path.stem}-{clock.local(clock.now()):%Y%m%d-%H%M%S}{path.suffix}")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    for ending in ("", "-wal", "-shm"):
        beside = Path(f"{path}{ending}")
        if beside.exists():
            beside.rename(f"{kept}{ending}")
    call_command("migrate", verbosity=0)
    return kept
