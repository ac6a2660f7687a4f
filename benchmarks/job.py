"""One suite on one database, in a process of its own: `python -m benchmarks.job SUITE FOLDER` (see __main__)."""

import importlib
import json
import os
import signal
import sys
from pathlib import Path

import django
from django.core.management import call_command


def main() -> None:
    """Writes FOLDER/findings.json."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every `finally` runs
    name, folder = sys.argv[1], Path(sys.argv[2])
    django.setup()
    call_command("migrate", interactive=False, verbosity=0, run_syncdb=True)
    bench = importlib.import_module("benchmarks.bench").Bench(
        folder=folder,
        database=os.environ["BENCH_DATABASE"],
        quick=os.environ.get("BENCH_QUICK") == "1",
        postgres_pid=int(os.environ["BENCH_POSTGRES_PID"]) if os.environ.get("BENCH_POSTGRES_PID") else None,
    )
    importlib.import_module(f"benchmarks.suites.{name}").run(bench)
    (folder / "findings.json").write_text(json.dumps([finding.as_json() for finding in bench.findings], default=str))


if __name__ == "__main__":
    main()
