"""`manage.py worker`: background work, watched."""

import sys

from django.core.management.base import BaseCommand

from crm import processes
from crm.supervisor import Supervisor


class Command(BaseCommand):
    """Runs the worker and starts it again when it dies or stands still."""

    help = "Runs the background worker under a watchdog. SIGTERM ends it within seconds."

    def handle(self, *args, **options):
        """Until SIGINT or SIGTERM."""
        sys.exit(Supervisor([processes.worker()]).run())
