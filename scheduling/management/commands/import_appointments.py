from django.utils.translation import gettext as _

from patients.management.importing import ImportCommand
from patients.models import ImportKind
from patients.services.importing.loop import Counts


class Command(ImportCommand):
    help = "Import past or future appointments from a CSV or XLSX file. Safe to repeat: none is stored twice."
    kind = ImportKind.APPOINTMENTS
    noun = "scheduling.appointment"

    def sum_up(self, counts: Counts) -> str:
        said = _(
            "%(done)s rows: %(created)s stored, %(updated)s brought their outcome, %(repeated)s known already, "
            "%(rejected)s rejected."
        )
        return said % vars(counts)
