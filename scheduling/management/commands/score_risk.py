from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import ngettext

from scheduling.risk import scoring


class Command(BaseCommand):
    help = "Say for what is booked ahead how likely the patient is not to come. The worker does it every night."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=scoring.DAYS_AHEAD, help="How many days after today (default %(default)s)."
        )

    def handle(self, *, days: int, **options: Any) -> None:
        if days < 0:
            raise CommandError("--days: 0 or more")
        count = scoring.score(days=days)
        self.stdout.write(ngettext("%(n)s booking scored.", "%(n)s bookings scored.", count) % {"n": count})
