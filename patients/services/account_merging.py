"""What a portal account says against a merge of two records."""

from collections.abc import Iterator

from django.utils.translation import gettext

from patients.models import Patient, PortalAccount
from patients.services import merging


@merging.conflict_check
def signs_in_for_the_other(kept: Patient, merged: Patient) -> Iterator[str]:
    """Whoever signs in for the merged record would have the kept one too: staff make sure first who they are."""
    if PortalAccount.objects.live().filter(patient=merged).exists():
        yield gettext(
            "somebody signs in on the portal for %(record)s; make sure by a document who it is, then end the account"
        ) % {"record": merged.record_number}
