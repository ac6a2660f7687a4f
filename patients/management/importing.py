"""What the commands that import files have in common."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models.access import Action
from accounts.services import access
from accounts.services.actors import system_user
from common.errors import Refusal
from patients.services.importing import loop, maps, runs
from patients.services.importing.progress import Bar


class ImportCommand(BaseCommand):
    """Reads a file through a map, a bar showing how far it is, and says what became of its rows.

    kind: which of `runs.KINDS`. noun: what the access log says was brought in.
    """

    kind = ""
    noun = ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--map", type=Path, required=True, help="What each column means (docs/import.md).")
        parser.add_argument("--dry-run", action="store_true", help="Check every row and store nothing.")
        parser.add_argument("--rejects", type=Path, help="Where to write rows to look at, with the reason.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = self._run(**options)
        except (Refusal, OSError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(self.sum_up(counts))
        if counts.warned:
            self.stdout.write(_("%s of them stored with a warning.") % counts.warned)
        if (counts.rejected or counts.warned) and options["rejects"]:
            self.stdout.write(
                _("Rows to look at: %s. Correct what was rejected and feed that file.") % options["rejects"]
            )
        if options["dry_run"]:
            self.stdout.write(_("Nothing was stored: this was only a try."))

    def sum_up(self, counts: loop.Counts) -> str:
        """The counts in a sentence."""
        raise NotImplementedError

    def _run(self, *, file: Path, map: Path, dry_run: bool, rejects: Path | None, **options: Any) -> loop.Counts:
        kind, by = runs.KINDS[self.kind], system_user()
        import_map = maps.read_map(map.read_text("utf-8"), fields=kind.fields, required=kind.required)
        if not dry_run:
            access.record(Action.IMPORT, by=by, kind=self.noun, detail=file.name)
        bar = Bar(self.stderr)
        try:
            return loop.run(
                file,
                import_map,
                kind.importer(by=by),
                dry_run=dry_run,
                rejects=rejects,
                on_progress=bar,
                on_warning=self._warn,
            )
        finally:
            bar.close()

    def _warn(self, line: int, warning: str) -> None:
        self.stdout.write(_("Line %(line)s: %(warning)s") % {"line": line, "warning": warning})
