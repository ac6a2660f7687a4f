"""Creates .venv with nothing but the standard library; the first thing that `make run` does.

Debian and Ubuntu split `ensurepip` off into python3-venv. Where that is missing, apt installs it if it may; else pip
itself is fetched from the package index, checked against the index's own digest.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
INDEX = "https://pypi.org/pypi/pip/json"


def main() -> None:
    """Leave a .venv in which `python -m pip` works, or exit with a sentence that says what to do."""
    if sys.version_info < (3, 11):  # noqa: UP036 (the one file that an older Python may be asked to run)
        sys.exit("Python 3.11 or newer is needed. Name one with: make run PYTHON=/path/to/python3.12")
    if has_pip():
        return
    if not with_ensurepip() and not (installs_by_apt() and with_ensurepip()):
        with_fetched_pip()
    if not has_pip():
        sys.exit("The virtual environment could not be made. On Debian or Ubuntu: apt install python3-venv")


def has_pip() -> bool:
    """Is there an environment already?"""
    return PYTHON.exists() and quietly(str(PYTHON), "-m", "pip", "--version")


def with_ensurepip() -> bool:
    """The usual way."""
    return quietly(sys.executable, "-m", "venv", "--clear", str(VENV))


def installs_by_apt() -> bool:
    """Debian and Ubuntu, as root."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    package = f"python3.{sys.version_info.minor}-venv"
    return quietly("apt-get", "update") and quietly("apt-get", "install", "-y", "--no-install-recommends", package)


def with_fetched_pip() -> None:
    """Without ensurepip: pip's own wheel can run itself and installs itself."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)], check=True)
    with tempfile.TemporaryDirectory() as folder:
        wheel = fetch_pip(Path(folder))
        quietly(str(PYTHON), f"{wheel}/pip", "install", "--no-index", str(wheel))


def fetch_pip(folder: Path) -> Path:
    """The newest wheel of pip. Raises ValueError when its digest is not the one that the index names."""
    with urllib.request.urlopen(INDEX, timeout=60) as answer:
        files = json.load(answer)["urls"]
    found = next(file for file in files if file["packagetype"] == "bdist_wheel")
    with urllib.request.urlopen(urljoin(INDEX, found["url"]), timeout=60) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != found["digests"]["sha256"]:
        raise ValueError("pip's wheel is not what the index says")
    wheel = folder / found["filename"]
    wheel.write_bytes(content)
    return wheel


def quietly(*command: str) -> bool:
    """Run a command; did it end well?"""
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


if __name__ == "__main__":
    main()
