"""The visit for the patient's own calendar (RFC 5545): one UID for its whole life, SEQUENCE rising with each move."""

import datetime as dt

from django.conf import settings
from icalendar import Calendar, Event

from scheduling.models import Appointment, AppointmentStatus


def attachment(booking: Appointment, facts: dict[str, str], at: dt.datetime) -> tuple[str, str, bytes]:
    """(file name, media type, content). A cancelled visit takes itself out of the calendar."""
    is_off = booking.status == AppointmentStatus.CANCELLED
    method = "CANCEL" if is_off else "PUBLISH"
    calendar = Calendar()
    calendar.add("prodid", "-//Hospital CRM//visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(booking, facts, at, is_off=is_off))
    return "visit.ics", f"text/calendar; method={method}; charset=utf-8", calendar.to_ical()


def _event(booking: Appointment, facts: dict[str, str], at: dt.datetime, *, is_off: bool) -> Event:
    event = Event()
    event.add("uid", f"{booking.uuid}@{settings.PUBLIC_URL.rpartition('/')[2] or 'hospital'}")
    event.add("sequence", booking.version * 2 + is_off)  # a cancellation comes after the last move
    event.add("dtstamp", at)
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    event.add("summary", f"{facts['hospital']}: {facts['doctor']}")
    event.add("location", facts["place"])
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    return event
