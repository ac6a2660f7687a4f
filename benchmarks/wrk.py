"""The client: wrk, bounded in time and in number of requests, speaking to this machine only."""

import json
import resource
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

SCRIPT = Path(__file__).with_name("client.lua")
THREADS = 2
MARK = "BENCH "
MISSING = "wrk is not installed. Debian and Ubuntu: apt-get install wrk. macOS: brew install wrk."


class ClientFailed(RuntimeError):
    """wrk printed no result; the text is its output."""


@dataclass
class Load:
    """What the clients saw. Latencies in milliseconds, from the request to the last byte of its answer.

    lost: requests without an answer (connection or time-out). cpu: processor seconds of the client itself.
    """

    answers: dict[int, int]
    seconds: float
    p50: float
    p95: float
    p99: float
    max: float
    lost: int = 0
    samples: list[str] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def good(self) -> int:
        """Answers of the 2xx kind."""
        return sum(count for status, count in self.answers.items() if 200 <= status < 300)

    @property
    def bad(self) -> dict[int, int]:
        """Every other answer, by status."""
        return {status: count for status, count in self.answers.items() if not 200 <= status < 300}

    @property
    def per_second(self) -> float:
        """Good answers a second, between the first request and the last answer."""
        return self.good / self.seconds if self.seconds else 0.0

    @property
    def is_valid(self) -> bool:
        """Was everything answered as expected? A figure from any other run means nothing."""
        return self.good > 0 and not self.bad and not self.lost


def is_installed() -> bool:
    """Can the benchmarks run here?"""
    return shutil.which("wrk") is not None


def parse(output: str) -> Load:
    """The result that client.lua printed. Raises ClientFailed."""
    found = [line for line in output.splitlines() if line.startswith(MARK)]
    if len(found) != 1:
        raise ClientFailed(output.strip() or "wrk said nothing")
    values = json.loads(found[0].removeprefix(MARK))
    values["answers"] = {int(status): count for status, count in values["answers"].items()}
    return Load(**values)


def run(
    base_url: str, requests: Path, *, clients: int, seconds: float, once: bool = True, authorization: str = ""
) -> Load:
    """Send what `requests` lists (see client.lua) from `clients` connections for at most `seconds`.

    once: each line once; else the lines are repeated until the time is over.
    """
    threads = min(THREADS, clients)
    command = ["wrk", f"-t{threads}", f"-c{clients}", f"-d{max(1, round(seconds))}", "--timeout", "20s"]
    command += ["-s", str(SCRIPT), base_url, "--", str(requests), str(threads), "once" if once else "again"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([*command, authorization], capture_output=True, text=True, timeout=seconds + 60, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    load = parse(done.stdout if done.returncode == 0 else done.stdout + done.stderr)
    load.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return load


def write_requests(path: Path, requests: list[tuple[str, str, str, str]]) -> Path:
    """(method, path, idempotency key, body) for each request."""
    path.write_text("".join("\t".join(request) + "\n" for request in requests), encoding="utf-8")
    return path
