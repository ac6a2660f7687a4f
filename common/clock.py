"""The one clock. Instants are aware and in UTC; days and wall-clock times are the hospital's (settings.TIME_ZONE)."""

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """This instant, aware, in UTC. Services take `at` so that tests and imports can pass another."""
    return timezone.now()


def local(at: dt.datetime) -> dt.datetime:
    """`at` as the hospital's clocks show it."""
    return at.astimezone(timezone.get_default_timezone())


def today(at: dt.datetime | None = None) -> dt.date:
    """The hospital's calendar day at `at` (default: now)."""
    return local(at or now()).date()


def at_wall(day: dt.date, time: dt.time) -> dt.datetime:
    """The instant (UTC) at which the hospital's clocks show `time` on `day`.

    On the day the clocks go forward a time that does not exist means the same distance after the jump
    (02:30 becomes 03:30); on the day they go back an ambiguous time means the first of the two.
    """
    zone = timezone.get_default_timezone()
    wall = dt.datetime.combine(day, time, tzinfo=zone)
    return wall.astimezone(dt.UTC)


def day_bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """First instant of `day` and of the day after, in UTC: 23, 24 or 25 hours apart."""
    return at_wall(day, dt.time.min), at_wall(day + dt.timedelta(days=1), dt.time.min)
