import datetime as dt
import time
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.roles import ROLES
from common import clock
from common.console import ConsoleCommand
from crm.demo import aside, hospital


class Command(ConsoleCommand):
    help = (
        "Make the demo hospital: invented people, a roster, eight weeks of visits and four weeks of bookings. "
        "An SQLite database that holds a hospital already is put aside, never deleted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="Do nothing when there is a hospital already.")
        parser.add_argument("--patients", type=int, default=20_000)
        parser.add_argument("--seed", type=int, default=1, help="The same seed makes the same hospital.")
        parser.add_argument("--day", type=dt.date.fromisoformat, help="The day it is about: YYYY-MM-DD, default today.")
        parser.add_argument("--at", type=dt.time.fromisoformat, help="The time of that day: HH:MM, default now.")

    def handle(
        self,
        *args: Any,
        if_empty: bool,
        patients: int,
        seed: int,
        day: dt.date | None,
        at: dt.time | None,
        **options: Any,
    ) -> None:
        if if_empty and hospital.exists():
            return
        if patients < 1:
            raise CommandError(_("A hospital needs at least one patient."))
        self._make_room()
        self._started = time.monotonic()
        with translation.override(settings.LANGUAGE_CODE):  # what is stored is in the hospital's language
            hospital.make(hospital.Wish(patients, seed, day or clock.today(), _moment(day, at)), self._say)
        self._analyse()
        self._report()

    def _make_room(self) -> None:
        if not hospital.exists():
            return
        if not aside.is_possible():
            raise CommandError(_("The database is not empty: the demo hospital wants a fresh one."))
        kept = aside.put_aside()
        self.stdout.write(_("The old database is kept as %s. Restart the program if it is running.") % kept)

    def _say(self, what: str) -> None:
        self.stdout.write(f"{time.monotonic() - self._started:6.1f} s  {what} …")

    def _analyse(self) -> None:
        """Let the database count what is new, or its first plans are guesses."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _report(self) -> None:
        for name, count in hospital.counts().items():
            self.stdout.write(f"{count:>10,}  {name}")
        seconds = time.monotonic() - self._started
        self.stdout.write(_("The demo hospital is ready, after %(seconds)d seconds.") % {"seconds": seconds})
        if not settings.DEMO_PASSWORD:
            self.stdout.write(_("Nobody can sign in: DEMO_PASSWORD is empty, so no logins were made."))
            return
        self.stdout.write(_("Logins, all with the password %s:") % settings.DEMO_PASSWORD)
        for code, label in ROLES.items():
            self.stdout.write(f"  {code:<18} {label}")


def _moment(day: dt.date | None, at: dt.time | None) -> dt.datetime | None:
    """When the clinic is shown; another day without a time is shown before anybody has come."""
    if at:
        return clock.at_wall(day or clock.today(), at)
    return clock.now() if day in (None, clock.today()) else None
