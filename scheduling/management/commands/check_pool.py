from django.core.management.base import BaseCommand, CommandError

from scheduling.services import pool


class Command(BaseCommand):
    """Recount the whole pool and report every drift; prints zero and succeeds when there is none."""

    help = __doc__

    def handle(self, **options):
        drifts = pool.check()
        for drift in drifts[:100]:
            self.stderr.write(str(drift))
        self.stdout.write(f"{len(drifts)} drifts")
        if drifts:
            raise CommandError("The pool does not add up.")
