"""The schema says what the API does: tried by schemathesis, which invents requests, over HTTP."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from accounts.services import devices
from accounts.tests.factories import DeviceFactory
from directory.models import PractitionerRole
from patients.tests.factories import ContactPointFactory
from scheduling.services import appointments, holds, waitlist
from scheduling.services.origin import Origin
from scheduling.tests.factories import SessionFactory, SlotFactory, WaitlistEntryFactory

SECONDS = 45
# Without use_after_free: of the two things that can be deleted, a hold has no address to read it at, and who waits no
# longer stays on record, readable as "withdrawn" (test_wait.py).
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,missing_required_header,unsupported_method,ignored_auth"
)


@pytest.fixture
def many_requests(monkeypatch):
    """A limit that a minute of invented requests does not reach; the web processes read it when they start."""
    monkeypatch.setenv("API_RATE", "1000000")


@pytest.fixture
def secret(many_requests, live_processes):
    """Of a key with every right."""
    return devices.create_key(DeviceFactory())[1]


def known_ids(user):
    """A small hospital, and the ids of all that can be asked for."""
    session = SessionFactory()
    slots = [SlotFactory(session=session, number=n, capacity=50) for n in range(4)]
    PractitionerRole.objects.create(practitioner=session.practitioner, department=session.service.department)
    people = [ContactPointFactory().patient for _ in range(4)]
    origin = Origin(user, "phone")
    made = [appointments.book(patient=people[n], slot=slots[n], origin=origin) for n in range(2)]
    made += [holds.hold(slot=slots[n], origin=origin) for n in range(4)]
    waiting = [WaitlistEntryFactory(by=user, service=session.service, patient=one) for one in people]
    offers = [waitlist.offer(entry=one, slot=slots[3], origin=origin) for one in waiting[2:]]
    return {
        "slot": slots,
        "patient": people,
        "hold": made[2:],
        "id": made + waiting + offers,
        "service": [session.service],
        "practitioner": [session.practitioner],
        "department": [session.service.department],
        "site": [session.service.department.site],
    }


@pytest.mark.processes
def test_invented_requests_find_no_fault_and_no_undocumented_answer(secret, live_processes, tmp_path):
    known = known_ids(devices.ChannelKey.objects.get().device.user)
    ids = json.dumps({name: [str(row.uuid) for row in rows] for name, rows in known.items()})
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{live_processes.base_url}/api/v1/schema/?format=json"]
    command += ["--header", f"Authorization: Api-Key {secret}", "--checks", CHECKS, "--max-time", str(SECONDS)]
    command += ["--seed", "1", "--no-color", "--continue-on-failure"]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "api.tests.schemathesis_hooks", "KNOWN_IDS": ids}
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=SECONDS * 4
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
