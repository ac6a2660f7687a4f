"""Finds the Chromium that the browser tests drive; as a program, installs Debian's where that is possible."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PACKAGES = ("chromium", "fonts-noto-cjk")
MISSING = (
    "No Chromium: the browser tests cannot run. Install chromium or Google Chrome, or name one: "
    "CHROMIUM=/path/to/chromium"
)
FLAGS = [
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
]


def find() -> str | None:
    """The path of a browser: CHROMIUM first, then the PATH, then macOS's applications."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    on_path = (shutil.which(name) for name in NAMES)
    return next((path for path in [*on_path, *MAC] if path and Path(path).exists()), None)


def install() -> None:
    """By apt, as root; elsewhere nothing happens."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)


def main() -> None:
    """Exit with a sentence when there is no browser and none can be installed."""
    if find() is None and not os.environ.get("CHROMIUM"):
        install()
    if find() is None:
        sys.exit(MISSING)


if __name__ == "__main__":
    main()
