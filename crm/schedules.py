"""The schedules of the whole program, owned by code.

An app that wants something done by the clock has a module `schedules.py` with `SCHEDULES`, a list of dictionaries:
`{"name": …, "func": "app.module.function", "minutes": 5}` or `{…, "cron": "30 2 * * *"}` (the hospital's zone).
`manage.py prepare` writes them and whatever else stands in the table is removed: one unreadable row in
django-q2's table would stop every schedule, so nobody edits it by hand.
"""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db import transaction
from django_q.models import Schedule

SCHEDULES = [{"name": "worker heartbeat", "func": "crm.tasks.beat", "minutes": 1}]


def declared() -> list[dict]:
    """All schedules that the installed apps declare."""
    names = [f"{config.name}.schedules" for config in apps.get_app_configs()]
    return [row for name in names if find_spec(name) for row in getattr(import_module(name), "SCHEDULES", [])]


@transaction.atomic
def sync() -> None:
    """Make the table say what the code says. A schedule that is there keeps its next run."""
    wanted = declared()
    Schedule.objects.exclude(name__in=[row["name"] for row in wanted]).delete()
    for row in wanted:
        Schedule.objects.update_or_create(name=row["name"], defaults=_fields(row))


def _fields(row: dict) -> dict:
    if "cron" in row:
        return {"func": row["func"], "schedule_type": Schedule.CRON, "cron": row["cron"], "repeats": -1}
    return {"func": row["func"], "schedule_type": Schedule.MINUTES, "minutes": row["minutes"], "repeats": -1}
