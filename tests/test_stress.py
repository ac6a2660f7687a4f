"""A minute of everything at once; then the books must balance."""

import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from contextlib import ExitStack

import pytest
from django.conf import settings

from accounts.tests.factories import UserFactory
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment
from scheduling.services import pool
from scheduling.tests.factories import SessionFactory, SlotFactory, WaitlistEntryFactory
from tests.clients import Client, all_at_once
from tests.processes import database_url

CLIENTS, DESKS = 64, 3
SECONDS = 60


class Caller:
    """One client that books, holds, confirms, moves and cancels at random and remembers what it was told."""

    def __init__(self, client: Client, slots: list, people: list, seed: int):
        self.client, self.slots, self.people = client, slots, people
        self.random = random.Random(seed)
        self.told: dict[str, str] = {}  # public id -> the status last acknowledged
        self.seen: Counter = Counter()

    def run(self, deadline: float) -> None:
        acts = [self.book, self.book, self.hold, self.hold_and_confirm, self.move, self.cancel]
        while time.monotonic() < deadline:
            answer = self.random.choice(acts)()
            self.seen[answer.status if answer else 0] += 1

    def keep(self, answer):
        if answer.status in (200, 201):
            self.told[answer.body["id"]] = answer.body["status"]
        return answer

    def book(self):
        return self.keep(self.client.book(self.random.choice(self.slots), self.random.choice(self.people)))

    def hold(self):
        return self.keep(self.client.post("holds/", {"slot": self.random.choice(self.slots)}))

    def hold_and_confirm(self):
        held = self.hold()
        if held.status != 201:
            return held
        body = {"patient": self.random.choice(self.people)}
        return self.keep(self.client.post(f"appointments/{held.body['id']}/confirm/", body))

    def move(self):
        known = self.mine()
        body = {"slot": self.random.choice(self.slots)}
        return known and self.keep(self.client.post(f"appointments/{known}/move/", body))

    def cancel(self):
        known = self.mine()
        return known and self.keep(self.client.post(f"appointments/{known}/cancel/"))

    def mine(self):
        known = [id for id, status in self.told.items() if status == "booked"]
        return self.random.choice(known) if known else None


@pytest.mark.django_db(transaction=True)
def test_after_a_minute_of_everything_at_once_the_books_balance(unlimited, monkeypatch, channel_secret, live_processes):
    monkeypatch.setenv("MAX_CHANNEL_HOLDS", "100000")
    live_processes.restart()
    slots, people = hospital()
    desks = [start_desk(n) for n in range(DESKS)]
    with ExitStack() as clients:
        connect = lambda: clients.enter_context(Client(live_processes.base_url, channel_secret))  # noqa: E731
        callers = [Caller(connect(), slots, people, n) for n in range(CLIENTS)]
        deadline = time.monotonic() + SECONDS
        all_at_once(CLIENTS, lambda n: callers[n].run(deadline))
    for desk in desks:
        output, _errors = desk.communicate(timeout=60)
        assert desk.returncode == 0, output
    seen = sum((caller.seen for caller in callers), Counter())
    assert not [status for status in seen if status >= 500 and status != 503], seen
    assert seen[201] > 100, seen
    assert_acknowledged_is_stored(callers)
    assert pool.check() == []


def hospital() -> tuple[list, list]:
    """Ten sessions of four slots with one to three places, forty patients, some of them waiting, one chief."""
    UserFactory(username="chief", is_superuser=True)
    sessions = [SessionFactory(overbook_limit=2) for _ in range(10)]
    slots = [SlotFactory(session=s, number=n, capacity=1 + n % 3) for s in sessions for n in range(4)]
    people = [PatientFactory() for _ in range(40)]
    for person in people[:10]:
        WaitlistEntryFactory(patient=person, service=sessions[0].service)
    return [slot.uuid for slot in slots], [person.uuid for person in people]


def start_desk(seed: int) -> subprocess.Popen:
    """Staff in a process of their own, on this test's database."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": database_url()}
    command = [sys.executable, "-m", "tests.desk_process", str(SECONDS - 5), str(seed)]
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, **output)


def assert_acknowledged_is_stored(callers: list[Caller]) -> None:
    """What anybody was told is in the database: the row, and the event that made it true."""
    told = {uuid.UUID(id): status for caller in callers for id, status in caller.told.items()}
    stored = {row.uuid: row for row in Appointment.objects.filter(uuid__in=told).prefetch_related("events")}
    assert set(stored) == set(told)
    for public_id, status in told.items():
        kinds = {event.kind for event in stored[public_id].events.all()}
        assert {"booked": "booked", "held": "held", "cancelled": "cancelled"}[status] in kinds, (public_id, status)


threading.stack_size(512 * 1024)  # 64 clients are small
