"""Who the visits of a batch belong to: known patients, or new ones."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.models import User
from patients.models import ContactPoint, Identifier, Patient
from patients.models.finding import identifier_digests, plain_identifier
from patients.services import bulk
from patients.services.bulk import Newcomer
from patients.services.identity_numbers import GivenIdentifier
from patients.services.importing.rows import BadRow

Number = tuple[str, str, str]  # system, issuer, plain value


@dataclass(eq=False)
class Person:
    """Somebody of the batch; `patient` is set once they are known or registered."""

    name: str
    birth_date: dt.date | None
    newcomer: Newcomer | None = None
    patient: Patient | None = None
    lacking: dict[Number, GivenIdentifier] = field(default_factory=dict)  # numbers that the record does not have yet


class Persons:
    """Recognises people by any number, else by phone and name with a birth date that does not differ."""

    def __init__(self, newcomers: Sequence[Newcomer], *, by: User) -> None:
        self._by = by
        self._people: dict[int, Person] = {}  # by patient
        self._fresh: list[Person] = []
        self._by_number = {number: self._known(patient) for number, patient in _owners(newcomers)}
        self._by_phone: dict[str, list[Person]] = defaultdict(list)
        for phone, patient in _reached(newcomers):
            self._by_phone[phone].append(self._known(patient))

    def find(self, newcomer: Newcomer) -> Person | BadRow:
        """The person meant, perhaps one whom `register` has yet to register."""
        numbers = _numbers(newcomer)
        found = list(dict.fromkeys(self._by_number[number] for number in numbers if number in self._by_number))
        if len(found) > 1:
            return BadRow("numbers_of_two", _("its numbers belong to two patients"))
        person = found[0] if found else self._alike(newcomer) or self._new(newcomer)
        for number, given in numbers.items():
            if number not in self._by_number:
                self._by_number[number] = person
                person.lacking[number] = given
        return person

    def register(self, wanted: Sequence[Person]) -> None:
        """Store those of `wanted` who are new, and the numbers that they lacked."""
        people = list(dict.fromkeys(wanted))
        fresh = [one for one in people if one.patient is None]
        patients = bulk.register_many([one.newcomer for one in fresh], by=self._by, reason="import")
        for person, patient in zip(fresh, patients, strict=True):
            person.patient = patient
        lacking = [(one.patient, given) for one in people for given in one.lacking.values()]
        bulk.add_identifiers(lacking, by=self._by)

    def _known(self, patient: Patient) -> Person:
        return self._people.setdefault(patient.pk, Person(patient.name, patient.birth_date, patient=patient))

    def _new(self, newcomer: Newcomer) -> Person:
        person = Person(newcomer.name, newcomer.birth_date, newcomer)
        self._by_number |= dict.fromkeys(_numbers(newcomer), person)
        for phone in newcomer.phones:
            self._by_phone[phone].append(person)
        return person

    def _alike(self, newcomer: Newcomer) -> Person | None:
        """A father and a son may share name and phone, so a row with numbers has to have the same birth date too."""
        born = newcomer.birth_date
        for person in (one for phone in newcomer.phones for one in self._by_phone.get(phone, [])):
            same_day = person.birth_date == born if born and person.birth_date else not newcomer.identifiers
            if person.name == newcomer.name and same_day:
                return person
        return None


def _numbers(newcomer: Newcomer) -> dict[Number, GivenIdentifier]:
    return {(one.system, one.issuer, plain_identifier(one.value)): one for one in newcomer.identifiers}


def _owners(newcomers: Sequence[Newcomer]) -> list[tuple[Number, Patient]]:
    """Which of the numbers are on record, and whose they are; a merged record leads to the kept one."""
    wanted = {
        (system, issuer, digest): (system, issuer, value)
        for system, issuer, value in {number for one in newcomers for number in _numbers(one)}
        for digest in identifier_digests(value)
    }
    rows = Identifier.objects.live().filter(digest__in={digest for _system, _issuer, digest in wanted})
    keyed = ((wanted.get((row.system, row.issuer, row.digest)), row.patient) for row in _with_patient(rows))
    return [(number, patient.merged_into or patient) for number, patient in keyed if number]


def _reached(newcomers: Sequence[Newcomer]) -> list[tuple[str, Patient]]:
    phones = {phone for one in newcomers for phone in one.phones}
    points = ContactPoint.objects.live().phones().filter(value__in=phones, patient__merged_into=None)
    return [(point.value, point.patient) for point in _with_patient(points)]


def _with_patient(rows):  # type: ignore[no-untyped-def]
    return rows.select_related("patient__merged_into").order_by("pk")
