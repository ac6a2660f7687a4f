"""`manage.py messages_health`: are messages going out? Exit code 1 when something due is older than five minutes."""

import json
import sys
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.console import ConsoleCommand
from messaging.models import DeliveryState
from messaging.services import health


class Command(ConsoleCommand):
    """For whoever watches the machine."""

    help = "Says how many messages are due, for how long, and what became of those of the last day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for software")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print, and end with 1 when messages are late."""
        found = health.look(clock.now())
        self.stdout.write(json.dumps(_facts(found)) if options["json"] else "\n".join(_words(found)))
        if found.is_late:
            sys.exit(1)


def _facts(found: health.Health) -> dict[str, Any]:
    seconds = None if found.oldest_due is None else round(found.oldest_due.total_seconds())
    return {
        "ok": not found.is_late,
        "due": found.due,
        "oldest_due_seconds": seconds,
        "states": dict(found.states),
        "unread_answers": found.unread,
        "paused": [channel.medium for channel in found.paused],
    }


def _words(found: health.Health) -> list[str]:
    minutes = round(found.oldest_due.total_seconds() / 60) if found.oldest_due else 0
    lines = [ngettext("%(n)d message is due.", "%(n)d messages are due.", found.due) % {"n": found.due}]
    if found.is_late:
        lines.append(_("The oldest has waited for %(n)d min: does the worker run?") % {"n": minutes})
    lines += [f"{DeliveryState(state).label}: {n}" for state, n in sorted(found.states.items())]
    lines += [_("%(channel)s: the carrier does not answer.") % {"channel": one} for one in found.paused]
    return [*lines, _("Answers to be read: %(n)d") % {"n": found.unread}]
