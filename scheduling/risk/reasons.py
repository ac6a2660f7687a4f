"""Why a risk is as it is, in the reader's language. Needs no numpy: pages show this."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, ngettext

COUNT = 3  # reasons of a score
PATTERN = re.compile(r"([a-z]+)([+-])([-0-9,]*)")


@dataclass(frozen=True)
class Reason:
    """A group of features, whether it makes this absence likelier than is usual, and the values that it names."""

    code: str
    is_up: bool
    values: tuple[int, ...]

    def __str__(self) -> str:
        said = {"fact": FACTS[self.code](*self.values)}
        if self.is_up:
            # Translators: %(fact)s is a fact such as "booked 12 days ahead"
            return gettext("%(fact)s: an absence is more likely") % said
        return gettext("%(fact)s: an absence is less likely") % said


def read(stored: str) -> list[Reason]:
    """The reasons of a score, the weightiest first: `lead+12 history+2,3 age-71`."""
    parts = (PATTERN.fullmatch(part).groups() for part in stored.split())
    return [Reason(code, sign == "+", tuple(map(int, filter(None, values.split(","))))) for code, sign, values in parts]


def write(code: str, *, is_up: bool, values: Iterable[int]) -> str:
    """One reason as `read` reads it."""
    return f"{code}{'+' if is_up else '-'}{','.join(map(str, values))}"


def _lead(days: int) -> str:
    if days == 0:
        return gettext("booked on the day of the visit")
    return ngettext("booked %(n)s day ahead", "booked %(n)s days ahead", days) % {"n": days}


def _history(missed: int, known: int) -> str:
    if not known:
        return gettext("no earlier visit is known here")
    if not missed:
        return ngettext("came to the %(n)s earlier visit", "came to all %(n)s earlier visits", known) % {"n": known}
    return gettext("missed %(missed)s of %(known)s earlier visits") % {"missed": missed, "known": known}


def _age(years: int) -> str:
    if years < 0:
        return gettext("the age is not known")
    return gettext("%(age)s years old at the visit") % {"age": years}


def _clinic() -> str:
    return gettext("how often this clinic's visits were missed of late")


def _weekday(number: int) -> str:
    return gettext("a visit on a %(weekday)s") % {"weekday": WEEKDAYS[number]}


def _asked(hour: int) -> str:
    return gettext("asked for between %(hour)s:00 and %(hour)s:59") % {"hour": hour}


def _several(others: int) -> str:
    if not others:
        return gettext("no other visit was booked with it")
    return ngettext("%(n)s other visit was booked with it", "%(n)s other visits were booked with it", others) % {
        "n": others
    }


FACTS = {
    "lead": _lead,
    "history": _history,
    "age": _age,
    "clinic": _clinic,
    "weekday": _weekday,
    "asked": _asked,
    "several": _several,
}
