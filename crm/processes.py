"""The two commands that make the program: the web server and the worker."""

import sys

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from common import clock
from crm import health
from crm.models import STALE_AFTER
from crm.supervisor import Child


def web(*, address: str) -> Child:
    """gunicorn on `address` (host:port), configured by gunicorn.conf.py."""
    return Child("web", [sys.executable, "-m", "gunicorn", "--bind", address])


def worker() -> Child:
    """django-q2's cluster, started again when its heartbeat stops."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "qcluster"]
    return Child("worker", command, {"DATABASE_POOL": "0"}, is_stale=worker_is_stale)


def worker_is_stale(seconds: float) -> bool:
    """Has a worker that runs for `seconds` shown no sign of life for too long? False while the database is away."""
    if seconds < STALE_AFTER.total_seconds():
        return False
    try:
        age = health.worker_age(at=clock.now())
    except (DatabaseError, InterfaceError):
        return False
    finally:
        connection.close()
    return age is None or age > STALE_AFTER
