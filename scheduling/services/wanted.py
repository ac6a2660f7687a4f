"""From what somebody types to what they can book: a department, a service, a doctor, or what hurts.

A hospital has some hundred services and doctors, so names are compared in Python: alike on every database, whatever is
typed.
"""

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import DateField, DateTimeField, Exists, OuterRef, QuerySet

from common import clock, names
from common.compiled import Compiled, Given
from directory.models import Department, HealthcareService, Practitioner
from scheduling.models import Session, SessionStatus

LONGEST = 200  # characters of what is typed that are looked at
_COMMA = re.compile(r"[,，、;；\n]+")
_EQUAL, _BEGINS, _CONTAINS, _WORD_EQUAL, _WORD = range(5)  # best first


@dataclass(frozen=True)
class Match:
    """A service that fits, and the practitioner by whose name it was found, if it was."""

    service: HealthcareService
    practitioner: Practitioner | None = None

    @property
    def department(self) -> Department:
        """Where it is."""
        return self.service.department


def coming_sessions(at: dt.datetime | Given, today: dt.date | Given | None = None) -> QuerySet[Session]:
    """Sessions that have not ended and were not stopped, released or not."""
    today = today or clock.today(at)
    return Session.objects.filter(day__gte=today, ends_at__gt=at, status=SessionStatus.OPEN).order_by()


def services() -> QuerySet[HealthcareService]:
    """Services in use, in departments and at sites in use, in the order of the departments."""
    rows = HealthcareService.objects.filter(
        is_active=True, department__is_active=True, department__site__is_active=True
    )
    in_order = rows.order_by("department__site__code", "department__code", "code")
    return in_order.select_related("department__site")


def with_sessions(at: dt.datetime | Given, today: dt.date | Given | None = None) -> QuerySet[HealthcareService]:
    """Those with a session to come."""
    return services().filter(Exists(coming_sessions(at, today).filter(service=OuterRef("pk"))))


_offered = Compiled(lambda: with_sessions(Given("at", DateTimeField()), Given("today", DateField())))


def offered(at: dt.datetime | None = None) -> list[HealthcareService]:
    """What patients can book at all, with department and site."""
    at = at or clock.now()
    return list(_offered.rows(at=at, today=clock.today(at)))


def matching(text: str, *, limit: int = 12, at: dt.datetime | None = None) -> list[Match]:
    """The services that fit best what was typed: by the names of department and service, by who works there in sessions
    to come (name, pinyin, initials), and by the words that patients use. Width, case and spaces do not matter."""
    key = _key(text[:LONGEST])
    if not key:
        return []
    known = {service.pk: (n, service) for n, service in enumerate(services())}
    ranked = [(rank, n, Match(service)) for n, service in known.values() if (rank := _rank(service, key)) is not None]
    ranked += _of_people(names.search_key(text[:LONGEST]), known, at or clock.now())
    ranked.sort(key=lambda found: found[:2])  # stable: a service before the people who were found by their name
    return [match for _rank, _n, match in ranked[:limit]]


Ranked = tuple[int, int, Match]  # how well, the place in the order of departments, what


def _of_people(key: str, known: dict[int, tuple[int, HealthcareService]], at: dt.datetime) -> list[Ranked]:
    """Practitioners whose name fits, once for each of their services."""
    coming = coming_sessions(at).filter(practitioner__is_active=True)
    pairs = coming.values_list("practitioner", "practitioner__name", "service").distinct()
    ranks = {
        (person, service): rank
        for person, name, service in pairs
        if service in known and (rank := _rank_of_name(name, key)) is not None
    }
    if not ranks:
        return []
    people = Practitioner.objects.in_bulk({person for person, _service in ranks})
    found = [(rank, people[person], known[service]) for (person, service), rank in ranks.items()]
    found.sort(key=lambda item: item[1].name_pinyin)
    return [(rank, n, Match(service, person)) for rank, person, (n, service) in found]


def _rank(service: HealthcareService, key: str) -> int | None:
    """How well the service fits; None when it does not."""
    department = service.department
    called = (department.name_zh, department.name_en, service.name_zh, service.name_en)
    ranks = [_compare(_kept_key(name), key) for name in called]
    return min([*ranks, _rank_of_words(service.search_words, key)], key=_or_last)


def _or_last(rank: int | None) -> int:
    return _WORD + 1 if rank is None else rank


def _compare(name: str, key: str) -> int | None:
    if name == key:
        return _EQUAL
    if name.startswith(key):
        return _BEGINS
    if key in name:
        return _CONTAINS
    return _WORD if _is_said(name, key) else None


def _rank_of_words(words: str, key: str) -> int | None:
    """What patients type may be a part of a word, or a sentence with the word in it."""
    if not words:
        return None
    keys = [_kept_key(word) for word in _COMMA.split(words)]
    if key in keys:
        return _WORD_EQUAL
    return _WORD if any(key in word or _is_said(word, key) for word in keys) else None


def _is_said(word: str, key: str) -> bool:
    """Is the word in the sentence? Short Latin ones stand in too many others."""
    return len(word) >= (2 if names.is_han(word) else 4) and word in key


def _rank_of_name(name: str, key: str) -> int | None:
    """A person is found by the beginning of the name, of the pinyin and of the initials, or by a part of the name."""
    ranks = [_EQUAL if token == key else _BEGINS for token in _tokens(name) if token.startswith(key)]
    if ranks:
        return min(ranks)
    return _CONTAINS if names.is_han(key) and key in name else None


@lru_cache(maxsize=4_000)
def _tokens(name: str) -> tuple[str, ...]:
    return tuple(token.text for token in names.tokens(name))


def _key(text: str) -> str:
    """As it is compared: without width, case, accents, spaces and signs."""
    return "".join(char for char in names.fold(names.clean(text)) if char.isalnum())


_kept_key = lru_cache(maxsize=4_000)(_key)  # of names and words of the house, never of what is typed
