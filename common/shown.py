"""How days, times and amounts stand on every screen: weekday with the date, 24-hour clock, the hospital's zone."""

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.utils import formats
from django.utils.translation import get_language, gettext, ngettext, pgettext, pgettext_lazy

from common import clock

MISSING = "–"
WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)
SIGNS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "HKD": "HK$", "SGD": "S$"}


def hospital() -> str:
    """The hospital's name in the language of the page."""
    chinese = (get_language() or "").startswith("zh")
    return settings.HOSPITAL_NAME_ZH if chinese else settings.HOSPITAL_NAME


def weekday(day: dt.date) -> str:
    """`Mon`, 周一."""
    return str(WEEKDAYS[day.weekday()])


def day(value: dt.date | None) -> str:
    """`Mon 23 Nov`, 11月23日 周一; with the year unless it is this one. Missing: a dash."""
    if value is None:
        return MISSING
    # Translators: a day of this year; %(weekday)s is the short weekday, %(date)s the day and month
    text = gettext("%(weekday)s %(date)s")
    if value.year == clock.today().year:
        written = formats.date_format(value, pgettext("date format", "j M"))
    else:
        written = formats.date_format(value, pgettext("date format", "j M Y"))
    return text % {"weekday": weekday(value), "date": written}


def time(at: dt.datetime | dt.time | None) -> str:
    """`09:30` by the hospital's clock."""
    if at is None:
        return MISSING
    return f"{clock.local(at) if isinstance(at, dt.datetime) else at:%H:%M}"


def moment(at: dt.datetime | None) -> str:
    """`Mon 23 Nov 09:30`."""
    return f"{day(clock.local(at).date())} {time(at)}" if at else MISSING


def span(starts: dt.datetime | dt.time, ends: dt.datetime | dt.time) -> str:
    """`09:30–09:45`."""
    return f"{time(starts)}–{time(ends)}"


def birth(date: dt.date | None, age: int | None) -> str:
    """`7 Mar 1990 (36)`: nobody has to work out an age."""
    if date is None:
        return MISSING
    written = formats.date_format(date, pgettext("date format", "j M Y"))
    if age is None:
        return written
    # Translators: a birth date and the age in years
    return gettext("%(date)s (%(age)s)") % {"date": written, "age": age}


def ages(low: int | None, high: int | None) -> str:
    """`6 to 14 years`, `14 years or older`, 14 岁及以上; both ends count. Without either end: empty."""
    if high is None:
        return gettext("%(low)s years or older") % {"low": low} if low is not None else ""
    return gettext("%(low)s to %(high)s years") % {"low": low or 0, "high": high}


def hours(count: int) -> str:
    """`4 hours`, and whole days as days."""
    if count >= 48 and count % 24 == 0:
        return ngettext("%(n)s day", "%(n)s days", count // 24) % {"n": count // 24}
    return ngettext("%(n)s hour", "%(n)s hours", count) % {"n": count}


def due(at: dt.datetime, now: dt.datetime) -> str:
    """`now`, `in 10 min`, `2 h late`, `3 days late`: how far it is from `now`, in whole units rounded down."""
    minutes = int(abs(at - now) / dt.timedelta(minutes=1))
    if minutes < 1:
        return pgettext("due", "now")
    ahead = at > now
    if minutes < 60:
        return (gettext("in %(n)s min") if ahead else gettext("%(n)s min late")) % {"n": minutes}
    if minutes < 48 * 60:
        return (gettext("in %(n)s h") if ahead else gettext("%(n)s h late")) % {"n": minutes // 60}
    days = minutes // (24 * 60)
    return (gettext("in %(n)s days") if ahead else gettext("%(n)s days late")) % {"n": days}


def money(amount: Decimal, currency: str) -> str:
    """`¥480.00`; a currency without a known sign by its ISO code: `480.00 CHF`."""
    sign = SIGNS.get(currency)
    return f"{sign}{amount:.2f}" if sign else f"{amount:.2f} {currency}"


def price(amount: Decimal, currency: str) -> str:
    """`¥0.045`, `¥1.50`: what one of many costs, with up to four decimals where two would hide something."""
    places = 2 if amount == round(amount, 2) else 3 if amount == round(amount, 3) else 4
    sign = SIGNS.get(currency)
    return f"{sign}{amount:.{places}f}" if sign else f"{amount:.{places}f} {currency}"


class AtLeast(int):
    """A count that was stopped there: 5,000+. Templates write it as it says of itself."""

    def __str__(self) -> str:
        return f"{int(self):,}+"
