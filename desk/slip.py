"""What a patient takes home: when, where, the reference, and the code for the kiosk."""

import segno
from django.utils.translation import get_language

from directory.models import HealthcareService
from scheduling.models import Appointment, AppointmentStatus
from visits.services import door_codes

PRINTED = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)  # a hold is no promise yet, and what is over needs none


def qr(booking: Appointment) -> str:
    """The booking's code as an address that holds the picture itself."""
    return segno.make(door_codes.code_of(booking), error="m").svg_data_uri(scale=4, border=2)


def preparation(service: HealthcareService) -> str:
    """What patients are asked to do before, in the language of the page, else in the other."""
    texts = [service.preparation_zh, service.preparation_en]
    chinese = (get_language() or "").startswith("zh")
    return next(filter(None, texts if chinese else texts[::-1]), "")
