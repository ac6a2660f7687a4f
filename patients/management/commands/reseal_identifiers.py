from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.services.actors import system_user
from common.history import acting
from patients.services import identifiers


class Command(BaseCommand):
    help = "Seal all identity numbers with the first key of FIELD_KEY; the other keys may be removed afterwards."

    def handle(self, *args: Any, **options: Any) -> None:
        with acting(system_user(), "reseal"):
            changed = identifiers.reseal()
        self.stdout.write(_("%s numbers were sealed again.") % changed)
