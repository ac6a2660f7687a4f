"""How simulated patients behave: each probability with where it is from, or "assumed". Pure Python."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from crm.demo.outcomes import BY_AGE, BY_LEAD  # counted in the public Brazilian file, from lead times of a day on

BASE = 0.223  # missed without any reminder: the figure of the mission before
LIFT = 1.4  # of the riskiest over all: measured on the Brazilian file (36.8 % of 26.1 %)
AT_RISK_SHARE = 0.25  # Chong 2020 called the riskiest quarter
UNREACHABLE = 0.403  # missed by people whom nobody can reach: Chong 2020 (17.5 % by the others)
UNREACHABLE_SHARE = 0.05  # assumed

ONE_REMINDER = 0.77  # relative risk against none: Tang, 12 trials
SECOND_REMINDER = 4.4 / 5.8  # both against only the first: Steiner 2018
SECOND_AT_RISK = 20.5 / 25.0  # the same of those at high risk: Steiner 2018
CALLED = 22.8 / 29.2  # a person's call, 6.4 points down to 22.8 %: Shah 2016

CANCELS_BY_ITSELF = 0.172  # early cancellation, plain reminder: Clalit 2020; assumed the same without a reminder
CANCELS_ON_A_DAY = 0.35  # of those, on each day that is left: assumed
CANCELS_INSTEAD = (21.1 - 14.2) / 21.1  # of those who would miss: Clalit 2020, 21.1 % -> 14.2 % missed
# Early cancellation 17.2 % -> 26.3 % is more than that fall: the rest would have come (Clalit 2020)
CANCELS_TOO = (26.3 - 17.2 - (21.1 - 14.2)) / (100 - 21.1)

CONFIRMS = 0.5  # of those who will come and can answer: assumed
ANSWERS_CALL = 0.7  # a call finds them: assumed
TAKES_OFFER = 0.4  # assumed; Geneva 2010 reused 28 % of its cancelled places by hand, which is told beside the result
WANTS_AGAIN = 0.3  # asks for another time after a missed visit, by message: assumed
WANTS_AGAIN_CALLED = 0.4  # the same when called: assumed
AHEAD = (2, 14)  # days before the visit on which people ask for it: assumed
AGES = (12, 87)  # of the invented people
MOST = 0.95  # of any probability
# Not used: wording that names the cost (Hallsworth 2015, 0.74). Our first texts do not name it.

OTHERS = (BASE - UNREACHABLE_SHARE * UNREACHABLE - AT_RISK_SHARE * BASE * LIFT) / (
    1 - UNREACHABLE_SHARE - AT_RISK_SHARE
)


Table = Sequence[tuple[int, float]]


def turned(lead: int, age: int) -> float:
    """How much likelier than on average a visit is missed that was asked for so many days ahead, at that age."""
    return _at(BY_LEAD, lead) / MEAN_LEAD * _at(BY_AGE, age) / MEAN_AGE


def _at(table: Table, value: int) -> float:
    return next(share for least, share in table if value >= least)


def _mean(table: Table, first: int, last: int) -> float:
    return sum(_at(table, value) for value in range(first, last + 1)) / (last - first + 1)


MEAN_LEAD, MEAN_AGE = _mean(BY_LEAD, *AHEAD), _mean(BY_AGE, *AGES)


def draw(*key: object) -> float:
    """A number in [0, 1) that is the same in every run with this key: runs differ by the part, not by luck."""
    digest = hashlib.blake2b(repr(key).encode(), digest_size=7).digest()
    return int.from_bytes(digest) / 2**56


@dataclass(frozen=True)
class Person:
    """One invented patient. number: the same in all runs of a seed."""

    seed: int
    number: int

    @property
    def is_reachable(self) -> bool:
        """Has a number that works."""
        return draw(self.seed, self.number, "reachable") >= UNREACHABLE_SHARE

    @property
    def is_at_risk(self) -> bool:
        """Of the riskiest; the program is not told."""
        return self.is_reachable and draw(self.seed, self.number, "risk") < AT_RISK_SHARE / (1 - UNREACHABLE_SHARE)

    @property
    def misses(self) -> float:
        """How likely they miss an average visit of which nothing reminds them."""
        if not self.is_reachable:
            return UNREACHABLE
        return BASE * LIFT if self.is_at_risk else OTHERS

    def does(self, what: str, about: object, probability: float) -> bool:
        """Their choice in this matter; asked again it is the same."""
        return draw(self.seed, self.number, what, about) < probability

    def would_miss(self, visit: object, reminders: int, *, called: bool, by: float = 1.0) -> bool:
        """After so many reminders, and perhaps a call. by: how the visit itself turns the probability (`turned`)."""
        alone = min(MOST, self.misses * by)
        return self.does("miss", visit, alone * effect(reminders, called=called, at_risk=self.is_at_risk))


def effect(reminders: int, *, called: bool, at_risk: bool) -> float:
    """What reminders and a call leave of the probability to miss it. A third reminder adds nothing: assumed."""
    left = ONE_REMINDER if reminders else 1.0
    if reminders > 1:
        left *= SECOND_AT_RISK if at_risk else SECOND_REMINDER
    return left * (CALLED if called else 1.0)
