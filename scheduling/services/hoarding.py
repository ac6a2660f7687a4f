"""How many places one caller may keep at a time: the limit that stops hoarding."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from django.conf import settings

from accounts.models.user import Kind
from patients.models import Patient
from scheduling.errors import HoldTaken, TooManyHolds
from scheduling.models import Appointment

from .origin import Origin


def check_number(origin: Origin, at: dt.datetime, people: Sequence[Patient | None]) -> None:
    """people: for whom places are to be held, one for each place; locked, so that two requests count one after the
    other. Raises TooManyHolds, and HoldTaken when the patient portal names nobody.
    """
    if origin.by.is_patient_portal:
        _check_each(origin, at, people)
    elif Appointment.objects.holds_of(origin.by, at).count() + len(people) > _most_holds(origin):
        raise TooManyHolds


def _check_each(origin: Origin, at: dt.datetime, people: Sequence[Patient | None]) -> None:
    """All patients share the portal's one user, so there each has a limit of their own."""
    wanted = Counter(person.pk if person else None for person in people)
    if None in wanted:
        raise HoldTaken(field="patient")
    mine = Appointment.objects.holds_of(origin.by, at).filter(patient__in=list(wanted)).order_by()
    kept = Counter(mine.values_list("patient", flat=True))
    if any(kept[pk] + more > settings.MAX_PATIENT_HOLDS for pk, more in wanted.items()):
        raise TooManyHolds


def _most_holds(origin: Origin) -> int:
    """A channel asks for many people at once, a person at the desk for one."""
    return settings.MAX_CHANNEL_HOLDS if origin.by.kind == Kind.DEVICE else settings.MAX_HOLDS
