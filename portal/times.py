"""Days and times as patients read them: weekday, half of the day and a period, never a bare hour."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common import clock, shown
from scheduling import timetable
from scheduling.models import Slot

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


def come(slot: Slot, number: int = 1) -> tuple[dt.datetime, dt.datetime]:
    """In which half hour at most somebody with that place of the slot is to come."""
    return timetable.arrival(slot, number)


def of_slot(slot: Slot, number: int = 1) -> str:
    """The same in words."""
    return whole(*come(slot, number))
