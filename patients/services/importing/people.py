"""The importer of patients."""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from accounts.models import User
from common import clock, names
from common.errors import Refusal
from patients.models import ContactPoint, Identifier, IdentifierSystem, Language, Patient, Sex
from patients.models.finding import identifier_digests, plain_identifier
from patients.services import bulk, contacts, identity_numbers
from patients.services.bulk import Newcomer
from patients.services.identity_numbers import GivenIdentifier
from patients.services.importing.loop import CREATED, REPEATED, Stored
from patients.services.importing.rows import BadRow, MappedRow
from patients.services.registration import OLDEST

ISSUERS = {f"{system}_issuer" for system in IdentifierSystem.values}
FIELDS = {
    "name", "sex", "birth_date", "deceased_on", "phone", "email", "language", "note",
    *IdentifierSystem.values, *ISSUERS,
}  # fmt: skip
REQUIRED = {"name"}
NAME_LENGTH = 120

Number = tuple[str, str, str]  # system, issuer, plain value
Likeness = tuple[str, datetime.date | None, str]  # name, birth date, first phone


class PeopleImporter:
    """Registers who is new. A person is known by any number; without numbers by name, birth date and phone."""

    def __init__(self, *, by: User) -> None:
        self._by = by
        self._seen: set[Number | Likeness] = set()  # of this run: a dry run stores nothing to compare with

    def read(self, row: MappedRow) -> Newcomer:
        """A checked person. Raises BadRow naming the column."""
        name = names.clean(row.required("name"))
        if len(name) > NAME_LENGTH or not names.search_key(name):
            raise row.bad("name_invalid", _("is no name"), "name")
        given = tuple(self._identifiers(row))
        told = self._told(row, given)
        phones = tuple(dict.fromkeys(self._checked(row, "phone", text) for text in row.texts("phone")))
        if not given and not phones:
            raise row.bad("nothing_to_recognise", _("has neither a number nor a phone by which to recognise it"))
        return Newcomer(
            name=name,
            sex=told.sex,
            birth_date=told.birth_date,
            deceased_on=self._day(row, "deceased_on"),
            phones=phones,
            email=self._checked(row, "email", row.text("email")) if row.text("email") else "",
            identifiers=given,
            language=row.choice("language", Language.values) or Language.CHINESE,
            note=row.text("note")[:2000],
        )

    def store(self, items: Sequence[Newcomer]) -> list[Stored | BadRow]:
        """Register the new ones, add to known ones the numbers that they lack."""
        owners, likenesses = _owners(items), _likenesses(items)
        results: list[Stored | BadRow] = []
        fresh: list[Newcomer] = []
        lacking: list[tuple[Patient, GivenIdentifier]] = []
        seen = set(self._seen)
        for item in items:
            known = {owners[number] for number in _numbers(item) if number in owners}
            if len(known) > 1:
                results.append(BadRow("numbers_of_two", _("its numbers belong to two patients")))
            elif known or _keys(item) & (seen | likenesses):
                results.append(REPEATED)
                lacking += [(patient, one) for patient in known for one in _missing(item, owners)]
            else:
                results.append(CREATED)
                fresh.append(item)
            seen |= _keys(item)
        bulk.register_many(fresh, by=self._by, reason="import")
        bulk.add_identifiers(_distinct(lacking), by=self._by)
        self._seen = seen  # not before: what the database refused is tried again
        return results

    def _identifiers(self, row: MappedRow) -> Iterator[GivenIdentifier]:
        for system in IdentifierSystem.values:
            if value := row.text(system):
                yield GivenIdentifier(system, value, row.text(f"{system}_issuer")[:60])

    def _told(self, row: MappedRow, given: tuple[GivenIdentifier, ...]) -> identity_numbers.Told:
        birth_date, sex = self._day(row, "birth_date"), row.choice("sex", Sex.values) or Sex.UNKNOWN
        for one in given:
            try:
                told = identity_numbers.check(one)
                identity_numbers.agree(told, birth_date, sex)
            except Refusal as refusal:
                raise row.bad(refusal.code, str(refusal), one.system) from refusal
            birth_date = birth_date or told.birth_date
            sex = told.sex if sex == Sex.UNKNOWN else sex
        return identity_numbers.Told(birth_date, sex)

    def _day(self, row: MappedRow, field: str) -> datetime.date | None:
        day, today = row.date(field), clock.today()
        if (day and not today.year - OLDEST <= day.year <= today.year) or (day and day > today):
            raise row.bad("date_impossible", _("%s cannot be right") % day, field)
        return day

    def _checked(self, row: MappedRow, field: str, text: str) -> str:
        try:
            return contacts.stored_form(field, text)
        except Refusal as refusal:
            raise row.bad(refusal.code, str(refusal), field) from refusal


def _numbers(item: Newcomer) -> list[Number]:
    return [(one.system, one.issuer, plain_identifier(one.value)) for one in item.identifiers]


def _keys(item: Newcomer) -> set[Number | Likeness]:
    """What a person is recognised by."""
    return set(_numbers(item)) or {_likeness(item)}


def _likeness(item: Newcomer) -> Likeness:
    return item.name, item.birth_date, next(iter(item.phones), "")


def _owners(items: Sequence[Newcomer]) -> dict[Number, Patient]:
    """Who has which of the numbers."""
    wanted: dict[tuple[str, str, str], Number] = {}
    for item in items:
        for system, issuer, value in _numbers(item):
            for digest in identifier_digests(value):
                wanted[system, issuer, digest] = (system, issuer, value)
    digests = {digest for _system, _issuer, digest in wanted}
    rows = Identifier.objects.live().filter(digest__in=digests).select_related("patient")
    keyed = {(row.system, row.issuer, row.digest): row.patient for row in rows}
    return {number: keyed[key] for key, number in wanted.items() if key in keyed}


def _likenesses(items: Sequence[Newcomer]) -> set[Likeness]:
    """Which of the people without numbers are registered: same name, birth date and phone."""
    phones = {_likeness(item)[2] for item in items if not item.identifiers}
    points = ContactPoint.objects.live().filter(value__in=phones, patient__merged_into=None)
    return set(points.values_list("patient__name", "patient__birth_date", "value"))


def _missing(item: Newcomer, owners: dict[Number, Patient]) -> list[GivenIdentifier]:
    pairs = zip(_numbers(item), item.identifiers, strict=True)
    return [given for number, given in pairs if number not in owners]


def _distinct(lacking: list[tuple[Patient, GivenIdentifier]]) -> list[tuple[Patient, GivenIdentifier]]:
    """The same number of one person in two rows of a batch is added once."""
    kept: dict[int, dict[tuple[str, str, str], tuple[Patient, GivenIdentifier]]] = defaultdict(dict)
    for patient, given in lacking:
        kept[patient.pk][given.system, given.issuer, plain_identifier(given.value)] = (patient, given)
    return [pair for pairs in kept.values() for pair in pairs.values()]
