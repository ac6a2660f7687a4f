"""Days and times as patients read them: weekday, half of the day and a period, never a bare hour."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common import clock, shown
from scheduling import timetable
from scheduling.models import Appointment, Slot

NOON = 12


def half(at: dt.datetime) -> str:
    """上午 or 下午."""
    return pgettext("half of the day", "morning") if is_morning(at) else pgettext("half of the day", "afternoon")


def is_morning(at: dt.datetime) -> bool:
    """Before noon by the hospital's clock?"""
    return clock.local(at).hour < NOON


def day(at: dt.datetime) -> str:
    """`Sun 6 Dec`, 12月6日 周日."""
    return shown.day(clock.local(at).date())


def period(starts: dt.datetime, ends: dt.datetime) -> str:
    """`09:00–09:15 (morning)`, 上午 09:00–09:15."""
    # Translators: a time of day and its half, such as 上午 09:00–09:15
    return _("%(span)s (%(half)s)") % {"span": shown.span(starts, ends), "half": half(starts)}


def whole(starts: dt.datetime, ends: dt.datetime) -> str:
    """`Sun 6 Dec 09:00–09:15 (morning)`, 12月6日 周日 上午 09:00–09:15."""
    return f"{day(starts)} {period(starts, ends)}"


def moment(at: dt.datetime) -> str:
    """`Sun 6 Dec 05:00 (morning)`, 12月6日 周日 上午 05:00."""
    # Translators: a time of day and its half, such as 上午 09:00
    return f"{day(at)} " + _("%(time)s (%(half)s)") % {"time": shown.time(at), "half": half(at)}


def of_slot(slot: Slot) -> str:
    """When a place is."""
    return whole(*timetable.arrival(slot, min(slot.taken + 1, slot.capacity)))


def of_booking(booking: Appointment) -> str:
    """In which half hour at most to come."""
    return whole(*timetable.arrival(booking.slot, booking.place))
