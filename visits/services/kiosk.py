"""Checking in without staff: who stands at the machine, and which of their visits are today.

Three proofs: the code that the hospital gave (QR), a reference with the birth date, or an identity number. Before the
proof every failure reads the same; each is written into the access log. After TRIES wrong references or numbers the
machine rests, and takes only codes.
"""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import AccessLog, Channel, Device
from accounts.models.access import Action
from accounts.services import access
from common import clock, shown
from common.errors import Refusal
from common.references import clean_reference
from patients.models import Patient
from patients.models.finding import identifier_digests, plain_identifier
from scheduling.errors import NotToday
from scheduling.models import Appointment, AppointmentStatus
from scheduling.services.origin import Origin
from visits.errors import NotRecognised, OtherHouse, TooManyTries, VisitCancelled, VisitOver

from . import door_codes

TRIES = 5  # failed proofs …
REST = dt.timedelta(minutes=1)  # … within this time, then nothing is looked up until it is over
CODE = "code"  # how the log calls a scan
_HERE = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)


def origin_of(kiosk: Device) -> Origin:
    """The machine acts as its own user."""
    return Origin(kiosk.user, Channel.KIOSK)


def by_code(text: str, *, kiosk: Device, ip: str | None = None) -> list[Appointment]:
    """The visit of a QR code, also while the machine rests: its seal cannot be guessed.

    Raises NotRecognised and what `expected` raises.
    """
    reference = door_codes.proven_reference(text)
    return _proven(kiosk, ip, CODE, _referenced(reference), can_be_guessed=False)


def by_reference(text: str, birth_date: dt.date, *, kiosk: Device, ip: str | None = None) -> list[Appointment]:
    """The visit of a reference, if the patient was born on that day. Raises as `by_code`, and TooManyTries."""
    rows = _referenced(clean_reference(text)).filter(patient__birth_date=birth_date)
    return _proven(kiosk, ip, "reference", rows)


def by_identifier(text: str, *, kiosk: Device, ip: str | None = None) -> list[Appointment]:
    """Today's visits of the owner of an identity number; who has none reads the same as somebody unknown."""
    digests = identifier_digests(text) if plain_identifier(text) else []
    people = Patient.objects.active().filter(identifiers__digest__in=digests, identifiers__ended_at=None)
    first, after = clock.day_bounds(clock.today())
    rows = Appointment.objects.filter(patient__in=people, starts_at__gte=first, starts_at__lt=after, status__in=_HERE)
    return _proven(kiosk, ip, "identifier", rows)


def expected(booking: Appointment, kiosk: Device, at: dt.datetime | None = None) -> Appointment:
    """`booking` when it is for today and here. Raises NotToday, VisitCancelled, VisitOver, OtherHouse."""
    if booking.status == AppointmentStatus.CANCELLED:
        raise VisitCancelled(time=shown.moment(booking.starts_at))
    if clock.local(booking.starts_at).date() != clock.today(at):
        raise NotToday(day=shown.moment(booking.starts_at))
    if booking.status not in _HERE:
        raise VisitOver(time=shown.time(booking.starts_at))
    if not Appointment.objects.visible_to(kiosk.user).filter(pk=booking.pk).exists():
        raise OtherHouse(site=booking.slot.service.department.site)
    return booking


def _referenced(reference: str) -> QuerySet[Appointment]:
    known = Appointment.objects.filter(patient__isnull=False, patient__merged_into=None)
    return known.filter(reference=reference) if reference else known.none()


def _proven(
    kiosk: Device, ip: str | None, how: str, rows: QuerySet[Appointment], *, can_be_guessed: bool = True
) -> list[Appointment]:
    """Those of the bookings that are expected; when none is, the first says why. Who was looked at is on record.

    One look at a time for each machine: many at once would all be counted before any had failed.
    """
    with transaction.atomic():
        if can_be_guessed:
            _refuse_guessing(kiosk)
        found = list(rows.for_desk().order_by("starts_at", "pk"))
        _write_down(kiosk, ip, how, found)
    if not found:
        raise NotRecognised
    return [one for one in found if _is_expected(one, kiosk)] or [expected(found[0], kiosk)]


def _write_down(kiosk: Device, ip: str | None, how: str, found: list[Appointment]) -> None:
    detail = {"by": kiosk.user, "detail": how, "ip": ip}
    if found:
        access.record(Action.OPEN, kind="patients.patient", subject=found[0].patient.uuid, **detail)
    else:
        access.record(Action.FAILED_CHECK, kind="accounts.device", subject=kiosk.uuid, **detail)


def _is_expected(booking: Appointment, kiosk: Device) -> bool:
    try:
        return bool(expected(booking, kiosk))
    except Refusal:
        return False


def _refuse_guessing(kiosk: Device) -> None:
    Device.objects.select_for_update(no_key=True).filter(pk=kiosk.pk).values_list("pk").first()
    failed = AccessLog.objects.filter(user=kiosk.user, action=Action.FAILED_CHECK, at__gt=clock.now() - REST)
    if failed.exclude(detail=CODE).count() >= TRIES:
        raise TooManyTries
