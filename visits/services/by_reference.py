"""Finding a booking without signing in: by its reference and the birth date of whose it is.

Whatever is wrong, the answer is one and the same, after the same questions to the database; each failure is in the
access log. What is found is only when and where: a reference is read out, printed and thrown away.
"""

import datetime as dt

from accounts.models import User
from accounts.models.access import Action
from accounts.services import access
from common import clock
from common.references import clean_reference
from scheduling.models import Appointment, AppointmentStatus
from visits.errors import NotRecognised

KIND = "scheduling.appointment"
REFERENCE = "reference"  # how the access log calls such a look
LONGEST = 40  # signs of a reference with whatever stands between them


def plain(text: str) -> str:
    """The reference that somebody typed, as it is looked up; whoever counts tries must count by the same."""
    return clean_reference(text[:LONGEST])


def find(
    text: str, birth_date: dt.date, *, by: User, ip: str | None = None, at: dt.datetime | None = None
) -> Appointment:
    """A booking to come. Raises NotRecognised: there is none such, it is cancelled or past, or of somebody else."""
    rows = Appointment.objects.filter(
        reference=plain(text), patient__birth_date=birth_date, patient__merged_into=None,
        status=AppointmentStatus.BOOKED, ends_at__gt=at or clock.now(),
    )  # fmt: skip
    found = rows.for_desk().first()
    if found is None:
        access.record(Action.FAILED_CHECK, by=by, kind=KIND, detail=REFERENCE, ip=ip)
        raise NotRecognised
    access.record(Action.OPEN, by=by, kind="patients.patient", subject=found.patient.uuid, detail=REFERENCE, ip=ip)
    return found
