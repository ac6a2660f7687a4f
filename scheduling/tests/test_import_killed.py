import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.models import Sum

from patients.models import Identifier, Patient
from scheduling.models import Appointment, AppointmentEvent, Slot
from scheduling.services import pool
from scheduling.tests.test_import import SHAPE, VITORIA, write
from tests.processes import database_url

ROWS = 400
IMPORT_IN_SMALL_BATCHES = """
import sys, django
django.setup()
from django.core.management import call_command
from patients.services.importing import loop
loop.BATCH = 20
call_command("import_appointments", sys.argv[1], f"--map={sys.argv[2]}")
"""


def a_file(folder: Path) -> Path:
    rows = (
        f"{number % 150},{number},F,2016-04-2{number % 9}T08:00:00Z,2016-05-0{1 + number % 5}T00:00:00Z,"
        f"{number % 90},CLINIC {number % 4},0,{'Yes' if number % 5 == 0 else 'No'}\n"
        for number in range(ROWS)
    )
    return write(folder, SHAPE + "".join(rows))


def stored() -> tuple:
    """Everything that the file says, as it stands in the database."""
    visits = Appointment.objects.order_by("slot__service__department__name_en", "starts_at", "place")
    return (
        list(visits.values_list("patient__name", "starts_at", "place", "status", "requested_at")),
        sorted(AppointmentEvent.objects.values_list("kind", "at", "request_key")),
        sorted(Slot.objects.values_list("starts_at", "capacity", "taken")),
        Appointment.history.count(),
        sorted(Patient.objects.values_list("name", "birth_date")),
        Identifier.objects.count(),
    )


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_run_that_was_killed_is_repeated_with_the_result_of_one_run(tmp_path):
    path = a_file(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORT_IN_SMALL_BATCHES, path, VITORIA],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": database_url()},
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while Appointment.objects.count() < 60 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    half = Appointment.objects.count()
    assert 60 <= half < ROWS
    assert half % 20 == 0
    assert pool.check() == []

    call_command("import_appointments", path, map=VITORIA)
    assert Appointment.objects.count() == Slot.objects.aggregate(taken=Sum("taken"))["taken"] == ROWS
    assert pool.check() == []
    twice = stored()
    call_command("flush", interactive=False, verbosity=0)
    call_command("import_appointments", path, map=VITORIA)
    assert stored() == twice
