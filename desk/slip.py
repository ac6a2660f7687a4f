"""What a patient takes home: when, where, the reference, and the code for the kiosk."""

from django.utils.translation import get_language

from directory.models import HealthcareService
from scheduling.models import AppointmentStatus

PRINTED = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)  # a hold is no promise yet, and what is over needs none


def preparation(service: HealthcareService) -> str:
    """What patients are asked to do before, in the language of the page, else in the other."""
    texts = [service.preparation_zh, service.preparation_en]
    chinese = (get_language() or "").startswith("zh")
    return next(filter(None, texts if chinese else texts[::-1]), "")
