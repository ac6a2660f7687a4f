"""A process that is killed in the middle of a booking leaves nothing or everything."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from accounts.tests.factories import UserFactory
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, AppointmentEvent
from scheduling.services import pool
from scheduling.tests.factories import SlotFactory
from tests.processes import database_url

STATEMENTS = 12  # more than a booking has, so that the last ones live


@pytest.mark.django_db(transaction=True)
def test_a_booking_killed_at_any_statement_leaves_nothing_or_everything():
    UserFactory(username="chief", is_superuser=True)
    slot = SlotFactory(capacity=STATEMENTS)
    people = [PatientFactory() for _ in range(STATEMENTS)]
    ends = run(str(slot.uuid), *[str(person.uuid) for person in people])
    lived = ends.count("ended 0")
    assert ends == ["killed"] * (STATEMENTS - lived) + ["ended 0"] * lived
    assert 1 <= lived < STATEMENTS
    assert Appointment.objects.count() == AppointmentEvent.objects.count() == lived
    assert Appointment.history.count() == lived
    assert pool.check() == []
    assert is_whole()


def run(*arguments: str) -> list[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": database_url()}
    command = [sys.executable, "-m", "tests.kill_process", *arguments]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


def is_whole() -> bool:
    """The database's own opinion of its file."""
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        return cursor.execute("PRAGMA integrity_check").fetchone() == ("ok",)
