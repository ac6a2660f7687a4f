"""Books one patient and is killed by its own hand before statement N: `python -m tests.kill_process SLOT PATIENTS…`.

A child is forked for each patient; the n-th one dies, as by `kill -9`, when it is about to run its n-th statement.
"""

import os
import signal
import sys
import uuid

import django

django.setup()

from django.db import connection  # noqa: E402

from accounts.models import User  # noqa: E402
from scheduling.services import appointments  # noqa: E402
from scheduling.services.origin import Origin  # noqa: E402


def die_at(n: int):
    """An execute wrapper that lets n - 1 statements pass."""
    seen = 0

    def wrapper(execute, sql, params, many, context):
        nonlocal seen
        seen += 1
        if seen == n:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    return wrapper


def book_and_die(n: int, slot: uuid.UUID, patient: uuid.UUID) -> None:
    origin = Origin(User.objects.get(username="chief"), "desk")
    with connection.execute_wrapper(die_at(n)):
        appointments.book(patient=patient, slot=slot, origin=origin)
    os._exit(0)


def main(slot: str, people: list[str]) -> None:
    for n, patient in enumerate(people, start=1):
        child = os.fork()
        if child == 0:
            book_and_die(n, uuid.UUID(slot), uuid.UUID(patient))
        _pid, status = os.waitpid(child, 0)
        sys.stdout.write("killed\n" if os.WIFSIGNALED(status) else f"ended {os.WEXITSTATUS(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
