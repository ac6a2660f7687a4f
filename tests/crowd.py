"""Several processes that do the same thing at the same moment, on this test's database."""

import os
import subprocess
import sys

from django.conf import settings

from tests.processes import database_url

OPENING = """
import sys, django
django.setup()
from django.db import connection
connection.ensure_connection()
print("ready", flush=True)
sys.stdin.readline()
"""


def crowd(count: int, code: str) -> list[list[str]]:
    """Run `code` in `count` processes, all of them let go when the last one is ready. Returns the lines of each."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": database_url()}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", OPENING + code], cwd=settings.BASE_DIR, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _n in range(count)
    ]  # fmt: skip
    for one in running:
        assert one.stdout.readline() == "ready\n"
    for one in running:
        one.stdin.write("go\n")
        one.stdin.flush()
    said = [one.communicate(timeout=60)[0].split() for one in running]
    assert [one.returncode for one in running] == [0] * count
    return said
