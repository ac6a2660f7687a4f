"""Races with real web processes over HTTP, on whichever database the run uses."""

import socket
import threading
import time
from contextlib import ExitStack

import pytest
from django.db import connection, connections
from django.db.models import F

from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, AppointmentEvent, Slot
from scheduling.services import pool
from scheduling.tests.factories import SessionFactory, SlotFactory
from tests.clients import Client, all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def web(unlimited, channel_secret, live_processes):
    """`web()` is a new client of running web processes."""
    with ExitStack() as clients:
        yield lambda: clients.enter_context(Client(live_processes.base_url, channel_secret))


def test_a_hundred_clients_want_the_last_place_and_one_gets_it(web):
    session = SessionFactory()
    slot, spare = SlotFactory(session=session), SlotFactory(session=session, number=1)
    people = [PatientFactory().uuid for _ in range(100)]
    answers = all_at_once(100, lambda n: web().book(slot.uuid, people[n]))
    lost = [answer for answer in answers if answer.status == 409]
    assert [answer.status for answer in answers].count(201) == 1
    assert len(lost) == 99
    assert {answer.body["code"] for answer in lost} == {"slot_full"}
    assert all(str(spare.uuid) in [place["id"] for place in answer.body["alternatives"]] for answer in lost)
    assert pool.check() == []


def test_fifty_places_for_a_hundred_clients_are_each_given_once(web):
    slot = SlotFactory(capacity=50)
    people = [PatientFactory().uuid for _ in range(100)]
    answers = all_at_once(100, lambda n: web().book(slot.uuid, people[n]))
    assert sorted(answer.body["place"] for answer in answers if answer.status == 201) == list(range(1, 51))
    assert [answer.status for answer in answers].count(409) == 50


def test_one_patient_in_two_hundred_hands_gets_one_of_overlapping_slots(web):
    slots = [SlotFactory().uuid for _ in range(50)]  # all at nine tomorrow
    patient = PatientFactory().uuid
    answers = all_at_once(50, lambda n: web().book(slots[n], patient))
    assert [answer.status for answer in answers].count(201) == 1
    assert {answer.body["code"] for answer in answers if answer.status != 201} == {"patient_busy"}
    assert pool.check() == []


def test_the_same_request_sent_in_parallel_makes_one_booking(web):
    slot, patient = SlotFactory(capacity=30).uuid, PatientFactory().uuid
    answers = all_at_once(20, lambda n: web().book(slot, patient, key="one-and-only"))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["id"] for answer in answers}) == 1
    assert Appointment.objects.count() == AppointmentEvent.objects.count() == 1
    assert pool.check() == []


def test_a_caller_who_never_heard_the_answer_asks_again_and_gets_the_same_booking(web, live_processes, channel_secret):
    slot, patient = SlotFactory(capacity=3).uuid, PatientFactory().uuid
    body = f'{{"slot": "{slot}", "patient": "{patient}"}}'
    with socket.create_connection(("127.0.0.1", live_processes.port)) as deaf:
        deaf.sendall(raw_booking(channel_secret, body))
    deadline = time.monotonic() + 10
    while not Appointment.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    stored = Appointment.objects.get()
    answer = web().book(slot, patient, key="lost")
    assert (answer.status, answer.body["id"]) == (201, str(stored.uuid))
    assert Appointment.objects.count() == 1


def raw_booking(secret: str, body: str) -> bytes:
    """A booking as bytes on the wire, for a caller who does not listen."""
    lines = [
        "POST /api/v1/appointments/ HTTP/1.1",
        "Host: localhost",
        f"Authorization: Api-Key {secret}",
        "Idempotency-Key: lost",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def test_the_same_key_with_another_body_is_refused(web):
    slot, other = SlotFactory().uuid, SlotFactory(number=1).uuid
    patient = PatientFactory().uuid
    web().book(slot, patient, key="mine")
    answer = web().book(other, patient, key="mine")
    assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")


def test_without_the_claim_the_race_happens():
    """The same crowd, once with the claim and once with the usual reading, comparing and writing."""
    assert winners(lambda pk: Slot.objects.claim(pk)) == 1
    assert winners(read_compare_write) > 1


def winners(claim) -> int:
    """How many of eight callers believe that they got the one place."""
    slot = SlotFactory()
    gate = threading.Barrier(8)

    def call(_n):
        gate.wait()
        won = claim(slot.pk)
        connections.close_all()
        return won

    return sum(all_at_once(8, call))


def read_compare_write(pk: int) -> bool:
    """What most booking systems do. The pause stands for whatever happens in between under load."""
    slot = Slot.objects.get(pk=pk)
    time.sleep(0.2)
    if slot.taken >= slot.capacity:
        return False
    Slot.objects.filter(pk=pk).update(taken=F("capacity"))
    return True


def test_whoever_meets_a_lock_that_is_not_let_go_hears_that_it_is_busy(web):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks the whole file and waits 20 s; PostgreSQL has a lock_timeout of 3 s")
    slot, patient = SlotFactory(), PatientFactory()
    locked, done = threading.Event(), threading.Event()
    staller = threading.Thread(target=hold_lock, args=(slot.pk, locked, done))
    staller.start()
    locked.wait(5)
    started = time.monotonic()
    answer = web().book(slot.uuid, patient.uuid)
    waited = time.monotonic() - started
    done.set()
    staller.join()
    assert (answer.status, answer.body["code"]) == (503, "busy")
    assert 2.5 < waited < 8
    assert web().book(slot.uuid, patient.uuid).status == 201


def hold_lock(pk: int, locked: threading.Event, done: threading.Event) -> None:
    """Take the slot's row in a transaction and stall."""
    connection.set_autocommit(False)
    Slot.objects.filter(pk=pk).update(taken=F("taken"))
    locked.set()
    done.wait(15)
    connection.rollback()
    connection.close()
