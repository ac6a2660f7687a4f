"""Days and times as answers to choose from."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from common import shown
from common.errors import Refusal
from directory.models import HealthcareService
from portal import acting, times
from portal.journey import Journey
from portal.options import Option
from scheduling.errors import SlotFull
from scheduling.models import Appointment, Slot
from scheduling.services import free_places
from scheduling.services.days import Day
from scheduling.services.free_places import Found

MOST = 300  # times on one page


class NothingChosen(Refusal):
    """The button was pressed without a choice."""

    code = "nothing_chosen"
    message = gettext_lazy("Choose a time.")


def of_day(one: Day) -> Option:
    """`Mon 30 Nov`, with the free places, or the reason why there is none."""
    places = ngettext("%(n)s free place", "%(n)s free places", one.free) % {"n": one.free}
    return Option(one.day.isoformat(), shown.day(one.day), places if one.free else "", why_not=_why_not(one))


def _why_not(one: Day) -> str:
    """A full day is called full here: nobody lost a place to somebody faster."""
    if one.why is None:
        return ""
    return pgettext("day", "Full") if one.why.code == SlotFull.code else str(one.why)


def of_day_with_others(way: Journey, day: dt.date, refusal: Refusal | None) -> list[Option]:
    """The free times of the day; before them, when a time was lost, what is nearest to it.

    Without a chosen doctor each time stands there once, with one of those who are free then.
    """
    near = [_of_slot(slot, _("Nearest free times"), with_day=True) for slot in refusal.alternatives] if refusal else []
    found = free_places.search(way.wish(day, day, limit=MOST), origin=acting.origin()).found
    known = {one.value for one in near}
    fresh = [item for item in _once_each(found, way) if str(item.slot.uuid) not in known]
    return near + [_of_slot(item.slot, half(item.slot), item.free) for item in fresh]


def _once_each(found: list[Found], way: Journey) -> list[Found]:
    """With a doctor all; else the first of each time."""
    if way.doctor:
        return found
    return list({item.slot.starts_at: item for item in reversed(found)}.values())[::-1]


def half(slot: Slot) -> str:
    """Before noon or after it."""
    if times.is_morning(slot.starts_at):
        return pgettext("time of day", "Morning")
    return pgettext("time of day", "Afternoon")


def arrival_of(booking: Appointment) -> str:
    """In which period to come: `09:00–09:15 (morning)`."""
    return times.period(*times.come(booking.slot, booking.place))


def fee_of(service: HealthcareService) -> str:
    """What the visit costs."""
    return shown.money(service.fee_amount, service.fee_currency)


def _of_slot(slot: Slot, group: str, free: int | None = None, *, with_day: bool = False) -> Option:
    come = times.come(slot, slot.taken + 1)
    label = times.whole(*come) if with_day else times.period(*come)
    left = ngettext("%(n)s place left", "%(n)s places left", free) % {"n": free} if free else ""
    return Option(str(slot.uuid), label, " · ".join(filter(None, (slot.session.practitioner.name, left))), group)
