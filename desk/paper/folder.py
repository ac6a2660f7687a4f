"""The folder of day lists: whole files only, and nothing older than it must be kept."""

import datetime as dt
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.utils import translation

from accounts.services.actors import system_user
from common import clock
from desk.paper import render, sheets

DAYS = 2  # today and tomorrow: what is needed when a morning begins without a network


def write(at: dt.datetime | None = None) -> list[Path]:
    """Make the lists of today and tomorrow anew, in the hospital's language, and remove those of days that are over.

    Returns the files: `2026-11-27/main-cardiology.html` and `.pdf`, a pair for each department.
    """
    at = at or clock.now()
    days = [clock.today(at) + dt.timedelta(days=number) for number in range(DAYS)]
    with translation.override(settings.LANGUAGE_CODE):
        written = [path for day in days for path in _write_day(day, at)]
    _forget(days[0])
    return written


def _write_day(day: dt.date, at: dt.datetime) -> list[Path]:
    by_department: dict[str, list[sheets.Sheet]] = {}
    for sheet in sheets.of_day(system_user(), day, at=at):
        by_department.setdefault(f"{sheet.department.site.code}-{sheet.department.code}", []).append(sheet)
    folder = settings.PAPER_DIR / day.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, some in by_department.items():
        written.append(_put(folder / f"{name}.html", render.html(some, at).encode()))
        written.append(_put(folder / f"{name}.pdf", render.pdf(some, at)))
    return written


def _put(path: Path, content: bytes) -> Path:
    """Whole or not at all: whoever opens the folder meanwhile, or after a power cut, finds a readable file."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return path


def _forget(first: dt.date) -> None:
    """Lists of days that are over name patients and help nobody."""
    for folder in settings.PAPER_DIR.glob("????-??-??"):
        if folder.name < first.isoformat():
            shutil.rmtree(folder)
