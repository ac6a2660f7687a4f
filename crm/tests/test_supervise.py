"""Web and worker under one parent: what dies comes back, what is stopped leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from django.conf import settings

pytestmark = pytest.mark.processes

PROGRAM = """
import sys
from crm import supervisor
from crm.supervisor import Child, Supervisor
supervisor.GRACE, supervisor.PAUSE, supervisor.RESTART_AFTER, supervisor.WATCH_EVERY = 1, 0.05, 0.05, 0.1
command = [sys.executable, "-c", open(sys.argv[1]).read()]
child = Child("sleeper", command, is_stale=lambda seconds: len(sys.argv) > 2 and seconds > 1)
sys.exit(Supervisor([child]).run())
"""
SLEEPER = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open({path!r}, "a") as file:
    file.write(f"{{os.getpid()}} {{grandchild.pid}}\\n")
time.sleep(600)
"""


def _wait(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def _is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


@pytest.fixture
def started(tmp_path):
    running = []

    def start(*arguments):
        (tmp_path / "sleeper.py").write_text(SLEEPER.format(path=str(tmp_path / "pids")))
        command = [sys.executable, "-c", PROGRAM, str(tmp_path / "sleeper.py"), *arguments]
        running.append(subprocess.Popen(command, cwd=settings.BASE_DIR))
        _wait(lambda: _generations(tmp_path))
        return running[0]

    yield start
    for process in running:
        process.kill()
        process.wait()


def _generations(folder: Path) -> list[list[int]]:
    file = folder / "pids"
    return [[int(pid) for pid in line.split()] for line in file.read_text().splitlines()] if file.exists() else []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_leaves_no_process_behind_even_when_children_do_not_listen(started, tmp_path, number):
    supervisor = started()
    supervisor.send_signal(number)
    assert supervisor.wait(10) == 0
    [pids] = _generations(tmp_path)
    _wait(lambda: not any(_is_alive(pid) for pid in pids))


def test_a_killed_child_comes_back_and_its_own_children_go(started, tmp_path):
    started()
    [[leader, grandchild]] = _generations(tmp_path)
    os.kill(leader, signal.SIGKILL)
    _wait(lambda: len(_generations(tmp_path)) == 2)
    assert not _is_alive(grandchild)


def test_a_child_without_a_sign_of_life_is_started_again(started, tmp_path):
    started("stale")
    _wait(lambda: len(_generations(tmp_path)) == 2)
    assert not any(_is_alive(pid) for pid in _generations(tmp_path)[0])
