"""`python -m benchmarks [suite …] [--quick]`: runs the suites, prints the table, keeps the figures as JSON."""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import findings, postgres, wrk

HERE = Path(__file__).parent
POSTGRESQL, SQLITE = "postgresql", "sqlite"
SUITES = {
    "statements": [POSTGRESQL, SQLITE],
    "booking": [POSTGRESQL, SQLITE],
    "ceiling": [POSTGRESQL],
    "slots": [POSTGRESQL],
    "patients": [POSTGRESQL],
    "desk": [POSTGRESQL],
    "portal": [POSTGRESQL],
    "peak": [POSTGRESQL],
    "waiting": [POSTGRESQL],
    "messages": [POSTGRESQL, SQLITE],
    "risk": [POSTGRESQL, SQLITE],
    "reminders": [POSTGRESQL],
}
MORE = {"servers": [POSTGRESQL], "quarter": [SQLITE]}  # experiments and a simulation, run when named
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
    "ENVIRONMENT": "development",  # plain HTTP on this machine
    "DEBUG": "False",
    "SECRET_KEY": "secret-key-of-the-benchmarks-only-not-used-anywhere-else",
    "FIELD_KEY": "field-key-of-the-benchmarks-only-not-used-anywhere-else",
    "API_RATE": "1000000000",  # the limit is counted, and never reached
    "LANGUAGE_CODE": "en",
    "TIME_ZONE": "Asia/Shanghai",
    "PHONE_REGION": "CN",
    "REDIS_URL": "",
    "LOG_LEVEL": "WARNING",
}


def main() -> int:
    """0 when every promise that was measured is kept."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every `finally` runs
    if not wrk.is_installed():
        print(wrk.MISSING, file=sys.stderr)
        return 2
    with postgres.server() as server:
        about = machine() | {"postgresql": server.settings(), "quick": asked.quick}
        print(json.dumps(about, indent=1), file=sys.stderr)
        runs = {name: _run(name, server, asked) for name in asked.suites}
    for name, found in runs.items():
        keep(name, found, about, asked.results)
        for database, rows in found.items():
            print(f"\n{name}, {database}\n{findings.table(rows)}")
    verdicts = [row["verdict"] for found in runs.values() for rows in found.values() for row in rows]
    return 1 if {"MISSED", "INVALID"} & set(verdicts) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("suites", nargs="*", metavar="suite", help=", ".join(SUITES | MORE))
    parser.add_argument("--quick", action="store_true", help="short rounds and little data, to try it out")
    parser.add_argument("--database", choices=[POSTGRESQL, SQLITE], help="only this one")
    parser.add_argument("--results", type=Path, default=HERE / "results", help="folder for the figures")
    asked = parser.parse_args()
    unknown = set(asked.suites) - set(SUITES | MORE)
    if unknown:
        parser.error(f"there is no suite called {', '.join(sorted(unknown))}; there are {', '.join(SUITES | MORE)}")
    asked.suites = asked.suites or list(SUITES)
    return asked


def _run(name: str, server: postgres.Server, asked: argparse.Namespace) -> dict[str, list[dict[str, Any]]]:
    databases = (SUITES | MORE)[name]
    if asked.database:
        databases = [asked.database] if asked.database in databases else []
    return {database: _job(name, database, server, quick=asked.quick) for database in databases}


def _job(name: str, database: str, server: postgres.Server, *, quick: bool) -> list[dict[str, Any]]:
    print(f"== {name}, {database}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="crm-bench-") as folder:
        environment = os.environ | ENVIRONMENT | {
            "VAR_DIR": folder,
            "BENCH_DATABASE": database,
            "BENCH_QUICK": str(int(quick)),
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        }  # fmt: skip
        if database == POSTGRESQL:
            environment["DATABASE_URL"] = server.fresh("crm_bench")
            environment["BENCH_POSTGRES_PID"] = str(server.pid or "")
        command = [sys.executable, "-m", "benchmarks.job", name, folder]
        _watch(command, environment)
        found = json.loads((Path(folder) / "findings.json").read_text())
    if database == POSTGRESQL:
        server.drop("crm_bench")
    return found


def _watch(command: list[str], environment: dict[str, str]) -> None:
    """Run to the end; whoever stops us stops the child too, which then ends the servers that it started."""
    with subprocess.Popen(command, env=environment, cwd=HERE.parent) as child:
        try:
            code = child.wait()
        except BaseException:
            child.terminate()
            child.wait(60)
            raise
    if code:
        raise SystemExit(f"{' '.join(command)} failed ({code})")


def machine() -> dict[str, Any]:
    """On what, and how busy it was before."""
    model = [line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return {
        "date": date.today().isoformat(),  # noqa: DTZ011 - the name of a file, in the machine's own calendar
        "commit": _commit(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": model[0] if model else platform.processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load_before": os.getloadavg()[0],
    }


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=HERE, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def keep(name: str, found: dict[str, list[dict[str, Any]]], about: dict[str, Any], folder: Path) -> None:
    """One file for each suite and day; a later run of the day replaces it. Quick runs are not kept."""
    if about["quick"] or not any(found.values()):
        return
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"machine": about, "findings": found}, indent=1, ensure_ascii=False)
    (folder / f"{about['date']}-{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
