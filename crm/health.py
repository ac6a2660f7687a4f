"""Is the program well? Read by /healthz and by whoever watches the worker."""

from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, connection

from crm.models import STALE_AFTER, Heartbeat
from messaging.services import health as messages


def database_answers() -> bool:
    """True when the database answers a question."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


def worker_age(*, at: datetime) -> timedelta | None:
    """How long ago the worker last ran something; None when it never did."""
    beat = Heartbeat.objects.filter(name="worker").first()
    return beat and beat.age(at=at)


def report(*, at: datetime) -> dict:
    """What /healthz says. No word about patients.

    `worker.ok` and `messages.ok` are for alarms; only the database decides the status.
    """
    if not database_answers():
        return {"ok": False, "database": {"ok": False}}
    age = worker_age(at=at)
    oldest = messages.oldest_due(at)
    return {
        "ok": True,
        "database": {"ok": True},
        "worker": {"ok": age is not None and age < STALE_AFTER, "heartbeat_age_seconds": _seconds(age)},
        "messages": {"ok": oldest is None or oldest <= messages.LATE, "oldest_due_seconds": _seconds(oldest)},
    }


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds())
