"""`manage.py prepare`: everything between new code and a running program."""

from django.core.management import call_command

from common.console import ConsoleCommand
from crm import schedules, statics, translations
from messaging.services import texts
from reminders.services import ladders


class Command(ConsoleCommand):
    """Safe to repeat; run once after each upgrade, before the processes start."""

    help = (
        "Compiles translations, migrates, writes schedules, the words of messages and the first reminders, "
        "collects the static files."
    )

    def handle(self, *args, **options):
        """In the order in which each step needs the one before."""
        translations.compile_all()
        call_command("migrate", interactive=False, verbosity=0)
        schedules.sync()
        texts.ensure_all()
        ladders.ensure_first()
        statics.collect()
