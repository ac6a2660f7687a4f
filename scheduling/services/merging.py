"""What two patients' bookings say against their being one person."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from common import clock
from patients.models import Patient
from patients.services.merging import conflict_check
from scheduling.models import Appointment, BookingRestriction, WaitlistEntry

from .rules import shown


@conflict_check
def overlapping_bookings(kept: Patient, merged: Patient) -> Iterator[str]:
    """Open bookings of both records at one time: nobody is in two places. SQLite has no constraint for it."""
    theirs = list(_open(merged))
    for mine in _open(kept):
        for other in theirs:
            if mine.starts_at < other.ends_at and mine.ends_at > other.starts_at:
                yield f"{mine} / {other}: {shown(mine.starts_at)}"


@conflict_check
def waiting_twice(kept: Patient, merged: Patient) -> Iterator[str]:
    """Both wait for one service: one of them has to leave the list first."""
    live = WaitlistEntry.objects.filter(status__in=("waiting", "offered"))
    mine = live.filter(patient=kept).values("service")
    for entry in live.filter(patient=merged, service__in=mine).select_related("service", "patient"):
        yield str(entry)


@conflict_check
def restricted_record(kept: Patient, merged: Patient) -> Iterator[str]:
    """A restriction that runs stays with the record on which it was imposed: lift it first, or keep that record."""
    for row in BookingRestriction.objects.running(clock.now()).filter(patient=merged):
        yield _("restriction until %(until)s: lift it first, or keep that record") % {"until": shown(row.until)}


def _open(patient: Patient):
    return Appointment.objects.open().filter(patient=patient, ends_at__gt=clock.now())
