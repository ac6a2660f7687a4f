"""Compiles the catalogues in pure Python, so that running needs no gettext on the machine."""

from pathlib import Path

import polib
from django.conf import settings


def compile_all() -> list[Path]:
    """Write each .mo that is missing or older than its .po. Returns what was written."""
    catalogues = [path for folder in settings.LOCALE_PATHS for path in Path(folder).glob("*/LC_MESSAGES/*.po")]
    return [_compile(path) for path in catalogues if _is_out_of_date(path)]


def _is_out_of_date(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime


def _compile(path: Path) -> Path:
    compiled = path.with_suffix(".mo")
    waiting = compiled.with_suffix(".mo.new")  # renamed when complete: another process may be reading
    polib.pofile(str(path)).save_as_mofile(str(waiting))
    waiting.replace(compiled)
    return compiled
