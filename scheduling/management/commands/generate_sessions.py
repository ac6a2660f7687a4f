import datetime as dt

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.services.actors import system_user
from common import clock
from scheduling.services import sessions


class Command(BaseCommand):
    """Make the sessions and slots of the coming weeks from the weekly schedules; running it again makes nothing new."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, default=settings.HORIZON_DAYS, help="how many days ahead")

    def handle(self, *, days, **options):
        today = clock.today()
        made = sessions.generate(today, today + dt.timedelta(days=days), by=system_user())
        self.stdout.write(f"{made.sessions} sessions, {made.slots} slots")
        for session, other in made.shared:
            self.stdout.write(f"one room, {other.location}: {session} and {other}")
