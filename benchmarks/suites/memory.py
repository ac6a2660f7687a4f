"""Memory that the processes keep after the load."""

import os
import subprocess
import sys
import time

from benchmarks import processes
from benchmarks.bench import Bench
from benchmarks.processes import Web
from crm.processes import worker as worker_command

SETTLE = 8  # seconds until the worker's processes stand


def web(bench: Bench, running: Web) -> None:
    """The largest web process."""
    each = [processes.resident_mb(pid) for pid in processes.children(running.pid)]
    bench.add("web process, resident", max(each), "MB", at_most=160, more={"each": each})


def worker(bench: Bench) -> None:
    """The largest process of the background worker, and all of them together."""
    child = worker_command()
    with bench.log().open("ab") as log:
        process = subprocess.Popen(
            child.command, env=os.environ | child.environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        time.sleep(SETTLE)
        each = [processes.resident_mb(pid) for pid in [process.pid, *processes.children(process.pid)]]
        shared = [processes.proportional_mb(pid) for pid in [process.pid, *processes.children(process.pid)]]
    finally:
        processes.stop(process)
    bench.add("worker process, resident", max(each), "MB", at_most=200, more={"each": each})
    bench.add("worker, all its processes", sum(shared), "MB", more={"python": sys.version})
