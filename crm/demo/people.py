"""Invented people, household by household, so that families share phones and parents act for their children."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from stdnum.cn import ric

from common import clock
from patients.models import IdentifierSystem, Language, Relation, Sex
from patients.services.bulk import Newcomer
from patients.services.identity_numbers import GivenIdentifier

from . import names

# Adults by five years of age, in per mille of all people (China's census of 2020, rounded).
_ADULTS = [
    (18, 23), (20, 53), (25, 65), (30, 88), (35, 70), (40, 66), (45, 81), (50, 86), (55, 72), (60, 52), (65, 52),
    (70, 35), (75, 22), (80, 14), (85, 8), (90, 3),
]  # fmt: skip
_starts = [start for start, _weight in _ADULTS]
_weights = list(accumulate(weight for _start, weight in _ADULTS))
_MOBILES = "130 131 132 135 136 137 138 139 150 151 152 155 156 158 159 166 176 177 178 180 182 185 186 187 188 189 199"
_prefixes = _MOBILES.split()
# Nobody's card begins with 710000: cards of that province are issued under another code. So no number is a real one.
_AREA = "710000"
FROM_ELSEWHERE = 0.14


@dataclass(slots=True)
class Person:
    """Somebody invented, and whom in the household they act for."""

    newcomer: Newcomer
    acts_for: tuple[tuple[int, str], ...] = ()  # position in the household, what this person is to the other


@dataclass(slots=True)
class Family:
    """What the members of a household have in common."""

    is_chinese: bool
    origin: int
    surname: str
    phone: str


class Town:
    """Invents people. The same seed gives the same town."""

    def __init__(self, seed: int, day: dt.date) -> None:
        self._rng = random.Random(f"{seed}:people")  # noqa: S311 - invented people, no secret
        self._day = day
        self._cards: Counter = Counter()

    def households(self, count: int) -> Iterator[list[Person]]:
        """Households until there are `count` people; the last one is cut short."""
        made = 0
        while made < count:
            household = self._household()[: count - made]
            for person in household:
                person.acts_for = tuple(act for act in person.acts_for if act[0] < len(household))
            made += len(household)
            yield household

    def _household(self) -> list[Person]:
        rng = self._rng
        age = rng.choices(_starts, cum_weights=_weights)[0] + rng.randrange(5)
        family = self._family()
        head = self._person(family, age, female=rng.random() < 0.52, phone=family.phone)
        members = [head]
        is_woman = head.newcomer.sex == Sex.FEMALE
        if age >= 24 and rng.random() < 0.45:
            other = age + rng.randrange(-4, 5) if age > 28 else age
            members.append(self._spouse(family, other, female=not is_woman))
        if 23 <= age <= 52:
            self._add_children(family, members, age)
        elif age >= 68 and rng.random() < 0.3:
            self._add_carer(family, members, age)
        return members

    def _family(self) -> Family:
        rng = self._rng
        is_chinese = rng.random() >= FROM_ELSEWHERE
        origin = names.family_elsewhere(rng)
        surname = names.surname(rng) if is_chinese else names.surname_elsewhere(rng, origin)
        return Family(is_chinese, origin, surname, self._phone())

    def _spouse(self, family: Family, age: int, *, female: bool) -> Person:
        """A Chinese couple keeps two surnames."""
        surname = names.surname(self._rng) if family.is_chinese else family.surname
        own = Family(family.is_chinese, family.origin, surname, family.phone)
        return self._person(own, age, female=female, phone=self._phone() if self._rng.random() < 0.8 else family.phone)

    def _add_children(self, family: Family, members: list[Person], age: int) -> None:
        rng, parents = self._rng, list(members)
        for chance in (0.62, 0.35):
            child_age = age - rng.randrange(22, 38)
            if rng.random() >= chance or not 0 <= child_age < 18:
                return
            for parent in parents:
                parent.acts_for += ((len(members), Relation.PARENT),)
            members.append(self._person(family, child_age, female=rng.random() < 0.47, phone=family.phone))

    def _add_carer(self, family: Family, members: list[Person], age: int) -> None:
        rng = self._rng
        carer = self._person(family, age - rng.randrange(23, 36), female=rng.random() < 0.6, phone=family.phone)
        carer.acts_for = ((0, Relation.CHILD),)
        members.append(carer)

    def _person(self, family: Family, age: int, *, female: bool, phone: str) -> Person:
        rng = self._rng
        born = self._day - dt.timedelta(days=int(age * 365.25) + rng.randrange(1, 365))
        return Person(
            Newcomer(
                name=self._name(family, female=female, born=born.year),
                sex=Sex.FEMALE if female else Sex.MALE,
                birth_date=born,
                deceased_on=self._death(age),
                phones=(phone,),
                identifiers=tuple(self._identifiers(family, born, female=female)),
                language=Language.CHINESE if family.is_chinese or rng.random() < 0.2 else Language.ENGLISH,
                created_at=self._registered(born),
            )
        )

    def _name(self, family: Family, *, female: bool, born: int) -> str:
        if not family.is_chinese:
            return names.name_elsewhere(self._rng, family.origin, female=female, surname=family.surname)
        return family.surname + names.given_name(self._rng, female=female, born=born)

    def _death(self, age: int) -> dt.date | None:
        chance = 0.03 if age >= 80 else 0.01 if age >= 65 else 0.0005
        if self._rng.random() >= chance:
            return None
        return self._day - dt.timedelta(days=self._rng.randrange(1, 300)) if age else None

    def _registered(self, born: dt.date) -> dt.datetime:
        """In the last four years, and before the weeks that the demo tells of."""
        first = max(self._day - dt.timedelta(days=1460), born)
        last = max(self._day - dt.timedelta(days=90), first)
        day = first + dt.timedelta(days=self._rng.randrange((last - first).days + 1))
        return clock.at_wall(day, dt.time(8 + self._rng.randrange(9), self._rng.randrange(60)))

    def _phone(self) -> str:
        """A Chinese mobile: most people who live here have one, wherever they come from."""
        return f"+86{self._rng.choice(_prefixes)}{self._rng.randrange(10**8):08d}"

    def _identifiers(self, family: Family, born: dt.date, *, female: bool) -> Iterator[GivenIdentifier]:
        rng = self._rng
        if not family.is_chinese:
            yield GivenIdentifier(IdentifierSystem.PASSPORT, self._numbered("X", "passport"))
        elif rng.random() < 0.93:
            yield GivenIdentifier(IdentifierSystem.RESIDENT_ID, self._card(born, female=female))
        if rng.random() < 0.25:
            yield GivenIdentifier(IdentifierSystem.INSURANCE, self._numbered("Y", "insurance"), issuer="city")

    def _numbered(self, letter: str, series: str) -> str:
        self._cards[series] += 1
        return f"{letter}{self._cards[series] * 7_919 % 10**8:08d}"

    def _card(self, born: dt.date, *, female: bool) -> str:
        """A resident identity number of the right shape and check digit; odd for men, even for women."""
        self._cards[born, female] += 1
        order = self._cards[born, female] * 2 - (0 if female else 1)
        body = f"{_AREA}{born:%Y%m%d}{order % 1000:03d}"
        return body + ric.calc_check_digit(body + "0")
