"""Brings locale/ up to date with the code; with `--check` only says what is missing.

Strings of packages that stay English in Chinese pages are named in crm/borrowed.py and so belong to our catalogue.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import django
import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
NOT_OURS = {".venv", "var", "tests", "scripts", "benchmarks", "node_modules", "migrations"}
# What makemessages asks of xgettext.
KEYWORDS = (
    *("gettext_noop", "gettext_lazy", "ngettext_lazy:1,2", "pgettext:1c,2", "npgettext:1c,2,3"),
    *("pgettext_lazy:1c,2", "npgettext_lazy:1c,2,3"),
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
HEADER = {
    "Project-Id-Version": "hospital-crm",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


def main() -> None:
    """Write the catalogue, or with --check exit with a list of what is wrong."""
    _require_xgettext()
    django.setup()
    catalogue = polib.pofile(str(CATALOGUE), wrapwidth=119) if CATALOGUE.exists() else polib.POFile(wrapwidth=119)
    if "--check" in sys.argv:
        sys.exit("\n".join(faults(catalogue, extract())) or None)
    catalogue.metadata = HEADER
    catalogue.merge(extract())
    for entry in catalogue:
        entry.occurrences = []  # line numbers would change with every edit
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgstr_plural.get(0, "")}  # Chinese has one form; the merge adds a second
    catalogue.sort(key=lambda entry: (entry.obsolete, entry.msgid, entry.msgctxt or ""))
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))


def extract() -> polib.POFile:
    """Every string of ours that is marked for translation."""
    with tempfile.TemporaryDirectory() as folder:
        sources = [str(_readable(path, Path(folder))) for path in _sources()]
        keywords = [f"--keyword={word}" for word in KEYWORDS]
        command = ["xgettext", "--language=Python", "--from-code=UTF-8", "--no-wrap", "--output=-", *keywords]
        found = subprocess.run([*command, *sources], capture_output=True, text=True, check=True, cwd=ROOT)
    return polib.pofile(found.stdout or 'msgid ""\nmsgstr ""\n', wrapwidth=119)


def faults(catalogue: polib.POFile, wanted: polib.POFile) -> list[str]:
    """One line for each string that is missing, left over, empty, doubtful or with other placeholders."""
    known = {_key(entry): entry for entry in catalogue if not entry.obsolete}
    needed = {_key(entry): entry for entry in wanted}
    return [
        *(f"missing, run `make messages`: {key[1]!r}" for key in sorted(needed.keys() - known.keys())),
        *(f"no longer used, run `make messages`: {key[1]!r}" for key in sorted(known.keys() - needed.keys())),
        *(f"left over, delete it: {entry.msgid!r}" for entry in catalogue.obsolete_entries()),
        *(f"not translated: {entry.msgid!r}" for entry in known.values() if not entry.translated()),
        *(f"fuzzy: {entry.msgid!r}" for entry in known.values() if entry.fuzzy),
        *(f"other placeholders: {entry.msgid!r}" for entry in known.values() if not _has_same_placeholders(entry)),
    ]


def _key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgctxt or "", entry.msgid


def _has_same_placeholders(entry: polib.POEntry) -> bool:
    wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
    return all(set(PLACEHOLDER.findall(text)) == wanted for text in texts if text)


def _sources() -> list[Path]:
    found = []
    for folder, names, files in os.walk(ROOT):
        names[:] = sorted(name for name in names if name not in NOT_OURS and not name.startswith("."))
        found += [Path(folder) / name for name in sorted(files) if name.endswith((".py", ".html", ".txt"))]
    return [path for path in found if path.suffix == ".py" or "templates" in path.parts]


def _readable(path: Path, folder: Path) -> Path:
    """A template is turned into something that xgettext takes for Python."""
    if path.suffix == ".py":
        return path
    copy = folder / f"{'-'.join(path.relative_to(ROOT).parts)}.py"
    copy.write_text(templatize(path.read_text(encoding="utf-8")), encoding="utf-8")
    return copy


def _require_xgettext() -> None:
    if not shutil.which("xgettext") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "gettext"], check=False)
    if not shutil.which("xgettext"):
        sys.exit("xgettext is missing: install gettext (apt install gettext, brew install gettext)")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    main()
