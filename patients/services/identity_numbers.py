"""Are these identity numbers possible, and what do they tell? Pure: no database."""

import datetime
import re
from dataclasses import dataclass

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from patients.errors import IdentifierInvalid, IdentifierMismatch
from patients.models import IdentifierSystem, Sex
from patients.models.finding import plain_identifier

_SHAPES = {
    IdentifierSystem.PASSPORT: re.compile(r"[A-Z0-9]{5,15}"),
    IdentifierSystem.TRAVEL_PERMIT: re.compile(r"[A-Z0-9]{8,12}"),
}
_ANY_SHAPE = re.compile(r"\w{1,40}")


@dataclass(frozen=True)
class GivenIdentifier:
    """A number as somebody gave it."""

    system: str
    value: str
    issuer: str = ""
    valid_until: datetime.date | None = None


@dataclass(frozen=True)
class Told:
    """What a number says about its owner."""

    birth_date: datetime.date | None = None
    sex: str = Sex.UNKNOWN


def check(given: GivenIdentifier) -> Told:
    """What the number tells. Raises IdentifierInvalid when its shape or checksum is wrong."""
    plain = plain_identifier(given.value)
    if given.system == IdentifierSystem.RESIDENT_ID:
        return _resident(plain)
    if given.system not in IdentifierSystem.values or not _SHAPES.get(given.system, _ANY_SHAPE).fullmatch(plain):
        raise IdentifierInvalid(field=given.system)
    return Told()


def agree(told: Told, birth_date: datetime.date | None, sex: str) -> None:
    """Raises IdentifierMismatch when the number contradicts birth date or sex; what is unknown agrees."""
    if told.birth_date and birth_date and told.birth_date != birth_date:
        raise IdentifierMismatch(field="birth_date")
    known = (Sex.MALE, Sex.FEMALE)
    if told.sex in known and sex in known and told.sex != sex:
        raise IdentifierMismatch(field="sex")


def _resident(plain: str) -> Told:
    try:
        number = ric.validate(plain)
        return Told(ric.get_birth_date(number), Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)
    except (ValidationError, ValueError) as error:
        raise IdentifierInvalid(field=IdentifierSystem.RESIDENT_ID) from error
