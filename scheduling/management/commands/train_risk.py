import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from common.errors import Refusal
from scheduling.risk import learning
from scheduling.risk.dates import day


class Command(BaseCommand):
    help = "Learn from past visits how likely an absence is; the new model scores from now on (docs/risk.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until", type=day, required=True, metavar="DATE", help="The last day to learn from.")

    def handle(self, *, until: dt.date, **options: Any) -> None:
        try:
            made = learning.train(until=until)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        said = _("Risk model %(version)s (%(kind)s) learnt from %(visits)s visits until %(until)s.")
        about = {"version": made.version, "kind": made.get_kind_display(), "visits": made.visits, "until": made.until}
        self.stdout.write(said % about)
        measured = made.card["all"]
        if measured["auc"] is not None:
            told = _("On %(count)s visits that it had not seen: AUC %(auc).3f, Brier %(brier).4f.")
            self.stdout.write(told % measured)
