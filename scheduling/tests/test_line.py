"""Writers on SQLite wait in line, threads and processes alike."""

import signal
import subprocess
import sys
import threading
import time

import pytest
from django.db import connection, transaction

from common.errors import Busy
from scheduling.services import line

HOLDER = """
import sys, time
from django.core.files import locks
file = open(sys.argv[1], "ab")
locks.lock(file, locks.LOCK_EX)
print("inside", flush=True)
time.sleep(60)
"""

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has many writers"),
]


def enter(order: list[str], name: str) -> threading.Thread:
    def work() -> None:
        with line.in_turn():
            order.append(name)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_thread_waits_until_the_one_before_it_has_left():
    order = []
    with line.in_turn():
        thread = enter(order, "second")
        time.sleep(0.1)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]


def test_a_process_that_is_killed_in_the_line_lets_the_next_one_in():
    path = f"{connection.settings_dict['NAME']}-line"
    with subprocess.Popen([sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"inside\n"
        order = []
        thread = enter(order, "next")
        thread.join(0.2)
        assert order == []
        holder.send_signal(signal.SIGKILL)
    thread.join(5)
    assert order == ["next"]


def test_whoever_waits_too_long_is_told_that_it_is_busy(monkeypatch):
    monkeypatch.setattr(line, "PATIENCE", 0.05)
    with line.in_turn():
        refused = []

        def work() -> None:
            try:
                with line.in_turn():
                    refused.append(False)
            except Busy:
                refused.append(True)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(5)
    assert refused == [True]


def test_an_act_within_a_transaction_does_not_wait_for_the_line(monkeypatch):
    monkeypatch.setattr(line, "PATIENCE", 0.05)
    with line.in_turn(), transaction.atomic(), line.in_turn():
        assert connection.in_atomic_block
