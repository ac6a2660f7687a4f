"""On which days a site works: public holidays, the hospital's own days, leave."""

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache

import holidays
from django.conf import settings

from scheduling.models import ClosedDay, Leave, Schedule


@lru_cache(maxsize=32)
def public_holidays(country: str, year: int) -> frozenset[dt.date]:
    """Public holidays of a country (ISO code) in one year; none for an empty code."""
    return frozenset(holidays.country_holidays(country, years=year)) if country else frozenset()


@dataclass
class Calendar:
    """The days and leaves that matter between two days, read once."""

    special: dict[tuple[dt.date, int | None], bool] = field(default_factory=dict)
    leaves: dict[int, list[tuple[dt.datetime, dt.datetime]]] = field(default_factory=dict)

    @classmethod
    def between(cls, first: dt.date, last: dt.date) -> "Calendar":
        """Special days from `first` to `last`, and leaves that touch them."""
        days = ClosedDay.objects.filter(day__range=(first, last)).values_list("day", "site", "is_open")
        calendar = cls(special={(day, site): is_open for day, site, is_open in days})
        leaves = Leave.objects.filter(ends_at__date__gte=first - dt.timedelta(days=1), starts_at__date__lte=last)
        for leave in leaves:
            calendar.leaves.setdefault(leave.practitioner_id, []).append((leave.starts_at, leave.ends_at))
        return calendar

    def works(self, day: dt.date, site_id: int) -> bool:
        """A site's own word, then the hospital's, then the public calendar."""
        for key in ((day, site_id), (day, None)):
            if key in self.special:
                return self.special[key]
        return day not in public_holidays(settings.HOLIDAY_COUNTRY, day.year)

    def is_closed_by_us(self, day: dt.date, site_id: int) -> bool:
        """Closed by the hospital itself, which also binds those who work on public holidays."""
        return self.special.get((day, site_id), self.special.get((day, None), True)) is False

    def is_away(self, practitioner_id: int, starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
        """On leave during any part of that time."""
        leaves = self.leaves.get(practitioner_id, [])
        return any(start < ends_at and end > starts_at for start, end in leaves)

    def runs(self, schedule: Schedule, day: dt.date, starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
        """Whether a line of the roster takes place on `day`."""
        if not schedule.runs_on(day) or self.is_away(schedule.practitioner_id, starts_at, ends_at):
            return False
        site_id = schedule.service.department.site_id
        if schedule.runs_on_holidays:
            return not self.is_closed_by_us(day, site_id)
        return self.works(day, site_id)
