"""Saying whether a missed visit was excused. Only a person does, and what nobody has judged counts for nothing."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from common import clock
from common.errors import NotAllowed, ReasonRequired
from common.history import acting
from scheduling.errors import NotAbsent
from scheduling.models import Absence, Appointment, AppointmentStatus

from . import restrictions
from .reading import lock_appointment


@transaction.atomic
def judge_absence(
    *, appointment: Appointment, excused: bool, reason: str, by: User, at: dt.datetime | None = None
) -> Absence:
    """Excused or not, and why; said again it replaces what was said, which stays in the history.

    A restriction that rests on an absence which is excused now falls when too few are left.
    Raises NotAllowed, ReasonRequired, NotAbsent, AppointmentNotFound.
    """
    at = at or clock.now()
    if not by.has_perm("scheduling.judge_absence"):
        raise NotAllowed
    if not reason.strip():
        raise ReasonRequired(field="reason")
    with acting(by, reason):
        booking = lock_appointment(appointment, by)
        if booking.status != AppointmentStatus.NOSHOW:
            raise NotAbsent(status=booking.get_status_display())
        said = {"is_excused": excused, "reason": reason.strip()[:200], "by": by, "at": at}
        absence, _is_new = Absence.objects.update_or_create(appointment=booking, defaults=said)
        restrictions.fall(patient=booking.patient, reason=reason, by=by, at=at)
    return absence
