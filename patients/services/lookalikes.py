"""Who is registered already and may be the same person: found by index, scored, with reasons."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz

from common import names
from patients.models import ContactPoint, NameToken, Patient
from patients.services import identifiers as numbers
from patients.services.identity_numbers import GivenIdentifier

SHOWN_FROM = 60  # of 100: below it are namesakes with other birth dates, and families that share a phone
MOST_SHOWN = 5
_CANDIDATES = 400  # read per index: about ten times the people born on one day in a record of a million


class Alike(TextChoices):
    IDENTIFIER = "identifier", _("same number")
    PHONE = "phone", _("same phone")
    BIRTH_DATE = "birth_date", _("same birth date")
    BIRTH_DATE_SLIP = "birth_date_slip", _("birth date differs by a slip")
    NAME = "name", _("same name")
    SOUND = "sound", _("name sounds the same")
    NAME_NEAR = "name_near", _("similar name")


@dataclass(frozen=True)
class Lookalike:
    """A registered patient, how alike (0 to 100), and why."""

    patient: Patient
    score: int
    reasons: tuple[Alike, ...]


def find(
    *,
    name: str,
    birth_date: datetime.date | None = None,
    phones: Iterable[str] = (),
    identifiers: Iterable[GivenIdentifier] = (),
    exclude: Patient | None = None,
) -> list[Lookalike]:
    """The people most like this one, most alike first, at most MOST_SHOWN. phones: in E.164."""
    by_number = set(numbers.owners(list(identifiers)).values_list("pk", flat=True))
    by_phone = _with_phones(list(phones))
    ids = by_number | by_phone | _named_or_born(name, birth_date)
    candidates = Patient.objects.active().filter(pk__in=ids).exclude(pk=exclude.pk if exclude else None)
    alike = [
        _compare(patient, name, birth_date, has_number=patient.pk in by_number, has_phone=patient.pk in by_phone)
        for patient in candidates
    ]
    shown = sorted((one for one in alike if one.score >= SHOWN_FROM), key=lambda one: (-one.score, one.patient.pk))
    return shown[:MOST_SHOWN]


def slips_of(birth_date: datetime.date) -> set[datetime.date]:
    """Days that are one slip away: neighbours, day and month swapped, a year or ten off."""
    day, month, year = birth_date.day, birth_date.month, birth_date.year
    tries = [(year, day, month), *((year + by, month, day) for by in (-10, -1, 1, 10))]
    tries += [(year, month + by, day) for by in (-1, 1)] + [(year, month, day + by) for by in (-10, -1, 1, 10)]
    return {slip for each in tries if (slip := _date(*each))} - {birth_date}


def _with_phones(phones: list[str]) -> set[int]:
    points = ContactPoint.objects.live().phones().filter(value__in=phones)
    return set(points.values_list("patient_id", flat=True)[:_CANDIDATES])


def _named_or_born(name: str, birth_date: datetime.date | None) -> set[int]:
    """Namesakes without a birth date (with one when ours is unknown), and whoever was born about that day."""
    key = names.search_key(names.pinyin(name))
    namesakes = NameToken.objects.filter(token=key).order_by("-patient_id")
    if birth_date is None:
        return set(namesakes.values_list("patient_id", flat=True)[:50])
    undated = set(namesakes.filter(patient__birth_date=None).values_list("patient_id", flat=True)[:20])
    days = [birth_date, *slips_of(birth_date)]
    born = Patient.objects.active().filter(birth_date__in=days).values_list("pk", "birth_date", "name")
    return undated | {
        pk
        for pk, day, other in born[: _CANDIDATES * 3]
        if _name_score(name, other)[0] >= (70 if day == birth_date else 90)
    }


def _compare(
    patient: Patient, name: str, birth_date: datetime.date | None, *, has_number: bool, has_phone: bool
) -> Lookalike:
    name_score, name_reason = _name_score(name, patient.name)
    date_score, date_reason = _date_score(birth_date, patient.birth_date)
    reasons = [reason for reason in (name_reason, date_reason) if reason]
    score = _weigh(name_score, date_score, has_phone=has_phone)
    if has_phone:
        reasons.insert(0, Alike.PHONE)
    if has_number:
        score, reasons = 100, [Alike.IDENTIFIER, *reasons]
    return Lookalike(patient, score, tuple(reasons))


def _weigh(name_score: int, date_score: int, *, has_phone: bool) -> int:
    """Name alone is weak, name and date strong; a shared phone is common in families, so it only adds."""
    if name_score < 70:
        return 0
    score = name_score * (0.6 + 0.4 * date_score / 100)
    return min(round(score + (25 if has_phone else 0)), 99)


def _name_score(given: str, known: str) -> tuple[int, Alike | None]:
    left, right = names.fold(names.clean(given)).replace(" ", ""), names.fold(names.clean(known)).replace(" ", "")
    if left == right:
        return 100, Alike.NAME
    spoken = names.pinyin(given), names.pinyin(known)
    if sorted(spoken[0].split()) == sorted(spoken[1].split()):
        return 90, Alike.SOUND
    near = round(fuzz.token_sort_ratio(*spoken))
    return near, Alike.NAME_NEAR if near >= 70 else None


def _date_score(given: datetime.date | None, known: datetime.date | None) -> tuple[int, Alike | None]:
    if given is None or known is None:
        return 0, None
    if given == known:
        return 100, Alike.BIRTH_DATE
    if known in slips_of(given):
        return 40, Alike.BIRTH_DATE_SLIP
    return -100, None


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
