from django.utils.translation import gettext as _

from patients.management.importing import ImportCommand
from patients.models import ImportKind
from patients.services.importing.loop import Counts


class Command(ImportCommand):
    help = "Import patients from a CSV or XLSX file. Safe to repeat: nobody is registered twice."
    kind = ImportKind.PATIENTS
    noun = "patients.patient"

    def sum_up(self, counts: Counts) -> str:
        said = _("%(done)s rows: %(created)s registered, %(repeated)s known already, %(rejected)s rejected.")
        return said % vars(counts)
