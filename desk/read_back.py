"""What is read to the caller before it is booked and after, in the caller's language."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from common import shown
from scheduling.models import Appointment, AppointmentStatus, Slot


@dataclass(frozen=True)
class Words:
    """A text and the language it is in, for the page's `lang`."""

    text: str
    language: str


def of(booking: Appointment) -> Words | None:
    """Who, when, with whom and where; once it is booked also the reference. None while nobody is named."""
    if booking.patient is None:
        return None
    with translation.override(booking.patient.language):
        text = _sentence(booking)
        if booking.status == AppointmentStatus.BOOKED:
            text = _("%(sentence)s The reference is %(reference)s.") % {"sentence": text, "reference": booking}
    return Words(text, booking.patient.language)


def _sentence(booking: Appointment) -> str:
    slot = booking.slot
    facts = {
        "name": booking.patient.name,
        "day": shown.day(slot.session.day),
        "time": shown.time(slot.starts_at),
        "service": slot.service,
        "practitioner": slot.session.practitioner,
        "place": _place(slot),
    }
    # Translators: read to a patient on the phone
    return _("%(name)s: %(day)s at %(time)s, %(service)s with %(practitioner)s, %(place)s.") % facts


def _place(slot: Slot) -> str:
    site, room = slot.service.department.site, slot.session.location
    # Translators: where to go; a site and a room
    return _("%(site)s, %(room)s") % {"site": site, "room": room} if room else str(site)
