import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext_lazy as _

from common.errors import Refusal
from scheduling.risk import scoring
from scheduling.risk.dates import day

LINES = (
    ("all", _("all visits")),
    ("lead_at_least_1", _("booked a day or more ahead")),
)
RIVALS = (("", _("the model")), ("lead_table", _("lead-time table")), ("points", _("point score")))


class Command(BaseCommand):
    help = "Measure a risk model on days after those it learnt from, each visit scored as of the day before it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=day, required=True, metavar="DATE")
        parser.add_argument("--to", dest="last", type=day, required=True, metavar="DATE")
        parser.add_argument("--model", type=int, metavar="VERSION", help="Default: the newest.")
        parser.add_argument("--json", action="store_true", dest="as_json", help="Everything, for programs.")

    def handle(self, *, first: dt.date, last: dt.date, model: int | None, as_json: bool, **options: Any) -> None:
        try:
            found = scoring.evaluate(first=first, last=last, version=model)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        if as_json:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for key, visits in LINES:
            self.stdout.write(f"{visits}: {found[key]['count']}")
            for rival, name in RIVALS:
                self.stdout.write("  " + _line(str(name), (found[rival] if rival else found)[key]))


def _line(name: str, measured: dict) -> str:
    figures = (
        ("AUC", "auc"), ("average precision", "average_precision"), ("Brier", "brier"),
        ("calibration error", "calibration_error"),
    )  # fmt: skip
    return f"{name}: " + ", ".join(
        f"{label} {measured[key]:.4f}" for label, key in figures if measured[key] is not None
    )
