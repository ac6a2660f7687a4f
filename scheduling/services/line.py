"""Who writes next on SQLite, which has one writer at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.core.files import locks
from django.db import connection

from common.errors import Busy

PATIENCE = 20  # seconds, as for the database's own lock

_threads = Lock()


@contextmanager
def in_turn() -> Iterator[None]:
    """Wait until no other thread or process of this machine is in here. Raises Busy.

    Whoever finds SQLite's file locked sleeps and looks again, longer each time, while the processor idles; somebody who
    waits for a file lock is woken at once. Threads wait for a lock of their own first: a file lock belongs to whoever
    opened the file. Both end with their holder, however it ends. Whoever has begun to write never waits for the line,
    so no two can wait for each other. On PostgreSQL this does nothing.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    if not _threads.acquire(timeout=PATIENCE):
        raise Busy
    try:
        with open(f"{connection.settings_dict['NAME']}-line", "ab") as file:
            locks.lock(file, locks.LOCK_EX)
            yield
    finally:
        _threads.release()
