"""The web processes under test, and what processes cost: read from Linux's /proc."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tests.processes import answers, free_port

PATIENCE = 60  # seconds until the server must answer
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Web:
    """A running gunicorn with the configuration that ships."""

    base_url: str
    pid: int


@contextmanager
def web(log: Path, *options: str, **environment: str) -> Iterator[Web]:
    """gunicorn on a free loopback port; `options` go to its command line. Raises RuntimeError with its log."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *options]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=os.environ | environment, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip
    try:
        _wait(process, f"http://127.0.0.1:{port}/healthz", log)
        yield Web(f"http://127.0.0.1:{port}", process.pid)
    finally:
        stop(process)


def _wait(process: subprocess.Popen, url: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        if answers(url):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the web processes did not start:\n{log.read_text()}")


def stop(process: subprocess.Popen) -> None:
    """End a process and its group."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def children(pid: int) -> list[int]:
    """Every process below `pid`."""
    below: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            below += [child, *children(child)]
    return below


def cpu_seconds(pid: int) -> float:
    """Processor time of `pid` and everything below it, ended children included."""
    total = sum(_ticks(pid, 13, 17))
    for child in children(pid):
        try:
            total += sum(_ticks(child, 13, 17))
        except (FileNotFoundError, ProcessLookupError):  # just ended: counted with its parent from now on
            continue
    return total / TICKS


def _ticks(pid: int, first: int, last: int) -> list[int]:
    """utime, stime, cutime, cstime."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [int(value) for value in after_name[first - 2 : last - 2]]


def resident_mb(pid: int) -> float:
    """Memory that is in use now, in megabytes of 1024 x 1024 bytes, shared pages included."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def proportional_mb(pid: int) -> float:
    """The same with each shared page divided among those who share it, so that processes can be added up."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
