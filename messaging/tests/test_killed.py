"""Workers that are killed at random moments of a campaign: everybody is reached once.

A worker here is the engine's own loop in a process of its own, with a shorter lease so that the test does not wait for
minutes; the carrier is another process, which loses some answers after it has taken the message.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter

import pytest
from django.conf import settings

from common import clock
from messaging.models import Delivery, DeliveryState, Message, MessageChannel, MessageState, SendingRule
from messaging.services import planning
from messaging.services.planning import Planned
from messaging.tests.fakes.mail_server import FakeMailServer
from messaging.tests.fakes.server import SECRET
from patients.models import ContactPoint, Patient
from tests.processes import database_url

MESSAGES = int(os.environ.get("KILLED_MESSAGES", "1500"))  # 5000 and 20 for the whole experiment
LETTERS = 300
KILLS = int(os.environ.get("KILLED_TIMES", "10"))
WORKER = """
import datetime as dt, time, django
django.setup()
from messaging.services.sending import claiming, drain, recording, settling
claiming.LEASE = settling.LEASE = dt.timedelta(seconds=3)
recording.BACKOFF = (1,)
while True:
    drain(seconds=5)
    time.sleep(0.05)
"""


class Worker:
    """One cluster: a process group that is ended as the system would end it."""

    def __init__(self, code=WORKER):
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": database_url()}
        self.process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture(name="gateway")
def gateway_that_loses_answers():
    """A hospital's own gateway in a process of its own, which honours our ids. Loses each 50th answer."""
    command = [sys.executable, "-m", "messaging.tests.fakes", "--drop-every", "50"]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True)
    port = int(process.stdout.readline())
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.communicate()


@pytest.fixture
def mail():
    """A mail server, which cannot be asked what it has taken."""
    server = FakeMailServer()
    server.start()
    yield server
    server.stop()


def campaign(medium, kind, options, secrets, count):
    """A message to each of `count` people, due now."""
    channel = MessageChannel.objects.get(medium=medium)
    channel.kind, channel.options = kind, options
    channel.seal(secrets)
    channel.save()
    SendingRule.objects.update(opens="00:00", closes="23:59:59.999999", a_day=0)
    people = Patient.objects.bulk_create(
        Patient(name=f"Patient {n}", record_number=f"K{n:08}", language="en") for n in range(count)
    )
    ContactPoint.objects.bulk_create(
        point
        for n, one in enumerate(people)
        for point in (
            ContactPoint(patient=one, system="phone", value=f"+8613{n:09}"),
            ContactPoint(patient=one, system="email", value=f"patient{n}@example.org"),
        )
    )
    due, context = clock.now(), {"text": "Flu vaccination from Monday on."}
    planning.plan(
        Planned(f"flu:{one.pk}", one, "reply", [medium], due, due.replace(year=due.year + 1), context=context)
        for one in people
    )


def ledger(gateway):
    with urllib.request.urlopen(f"{gateway}/_ledger") as answer:
        return json.load(answer)["by_ref"]


def open_ones():
    return Delivery.objects.filter(state__in=(DeliveryState.PENDING, DeliveryState.SENDING)).count()


def run_and_kill(seed, times):
    """Two workers; now and then one of them dies and is started again. Returns how often one died."""
    rng, workers, kills = random.Random(seed), [Worker(), Worker()], 0
    deadline = time.monotonic() + 240
    try:
        while open_ones() and time.monotonic() < deadline:
            time.sleep(rng.uniform(0.1, 1.5))
            if kills < times:
                victim = rng.randrange(2)
                workers[victim].kill()
                workers[victim] = Worker()
                kills += 1
    finally:
        for worker in workers:
            worker.kill()
    return kills


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_workers_killed_at_random_moments_reach_everybody_once(gateway):
    campaign("sms", "webhook", {"url": f"{gateway}/gateway"}, {"secret": SECRET}, MESSAGES)
    kills = run_and_kill(20261127, KILLS)
    states = Counter(Delivery.objects.values_list("state", flat=True))
    assert states == {DeliveryState.ACCEPTED: MESSAGES}
    assert ledger(gateway) == {str(ref): 1 for ref in Message.objects.values_list("uuid", flat=True)}
    assert Message.objects.count() == MESSAGES
    assert kills >= KILLS // 2


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_by_a_carrier_that_cannot_be_asked_nobody_is_reached_twice_and_the_doubt_is_shown(mail):
    options = {"host": "127.0.0.1", "port": str(mail.port), "security": "none", "sender": "desk@example.org"}
    campaign("email", "smtp", options, {}, LETTERS)
    kills = run_and_kill(7, 5)
    got = Counter(recipient for _sender, recipients, _content in mail.letters for recipient in recipients)
    states = dict(Message.objects.values_list("address", "state"))
    assert set(got.values()) == {1}
    assert set(states.values()) <= {MessageState.ACCEPTED, MessageState.UNKNOWN}
    assert len(states) == LETTERS
    assert {one for one, state in states.items() if state == MessageState.ACCEPTED} <= set(got)
    assert kills >= 2
