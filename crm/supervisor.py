"""Runs the web and worker processes under one parent, and starts again what died or only seems alive.

Each child leads its own process group, so that stopping it stops its children too. A django-q2 cluster can stand still
while it looks healthy (a worker killed at the wrong moment keeps a lock), and then does not end on SIGTERM either: the
only cure is to kill the group when the heartbeat in the database is old.
"""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

GRACE = 8.0  # seconds between SIGTERM and SIGKILL
PAUSE = 0.5  # seconds between two looks at the children
WATCH_EVERY = 15.0  # seconds between two looks at the heartbeat: each is a query
RESTART_AFTER = 2.0  # seconds before a dead child is started again, so that a broken one does not spin


@dataclass
class Child:
    """One command to keep running.

    is_stale: asked now and then with the seconds since the start; True means kill the group and start again.
    """

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    is_stale: Callable[[float], bool] = lambda seconds: False
    process: subprocess.Popen | None = None
    started: float = 0.0

    def start(self) -> None:
        """Start the command as the leader of a new process group."""
        self.process = subprocess.Popen(
            self.command, env={**os.environ, **self.environment}, start_new_session=True, stdin=subprocess.DEVNULL
        )
        self.started = time.monotonic()

    def is_running(self) -> bool:
        """Is the leader alive?"""
        return self.process is not None and self.process.poll() is None

    def ask_to_end(self) -> None:
        """SIGTERM to the leader only: it ends its children in order, which a signal to each of them would upset."""
        if self.is_running():
            self.process.terminate()

    def kill(self) -> None:
        """End the whole group at once, also when its leader is gone already."""
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):  # macOS says EPERM when only dead ones are left
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Supervisor:
    """Keeps children running until told to stop by SIGINT or SIGTERM, or until a vital one ends.

    stop_with: the name of a child that ends everything when it ends by itself within its first seconds (a web server
    that cannot take its port), instead of being started for ever.
    """

    def __init__(self, children: list[Child], *, stop_with: str = ""):
        self.children = children
        self.stop_with = stop_with
        self.stopping = False
        self.parent = os.getppid()

    def run(self) -> int:
        """Run until stopped. Returns the exit code: 0, or 1 when the vital child could not start."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        try:
            for child in self.children:
                child.start()
            return self._watch()
        finally:
            self._end_all()

    def _stop(self, *_) -> None:
        self.stopping = True

    def _watch(self) -> int:
        looked = time.monotonic()
        while not self.stopping and os.getppid() == self.parent:  # an orphaned supervisor stops too
            time.sleep(PAUSE)
            is_time_to_look = time.monotonic() - looked >= WATCH_EVERY
            looked = time.monotonic() if is_time_to_look else looked
            for child in self.children:
                if self._failed_to_start(child):
                    return 1
                self._mend(child, look=is_time_to_look)
        return 0

    def _failed_to_start(self, child: Child) -> bool:
        is_young = time.monotonic() - child.started < 5
        return child.name == self.stop_with and is_young and not child.is_running() and not self.stopping

    def _mend(self, child: Child, *, look: bool) -> None:
        if self.stopping:
            return
        if not child.is_running():
            log.warning("%s ended, starting it again", child.name)
        elif look and child.is_stale(time.monotonic() - child.started):
            log.error("%s gives no sign of life, starting it again", child.name)
        else:
            return
        child.kill()
        time.sleep(RESTART_AFTER)
        child.start()

    def _end_all(self) -> None:
        for child in self.children:
            child.ask_to_end()
        deadline = time.monotonic() + GRACE
        while any(child.is_running() for child in self.children) and time.monotonic() < deadline:
            time.sleep(0.05)
        for child in self.children:
            child.kill()
