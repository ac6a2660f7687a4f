"""By which medium would people get a message? For many at once, as an estimate before anything is planned."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from common import phones
from common.bulk import in_batches
from messaging.models import Medium, MessageChannel, OptOut
from messaging.models.channel import REACHED_AT
from patients.models import ContactPoint, ContactSystem

PEOPLE = 2_000  # asked for in one statement
ASSIGNED = -6  # what kind a number is stands in its first digits; the last six are dealt out within it
MEDIA = tuple(Medium)
AT = {system: [medium for medium in MEDIA if REACHED_AT[medium] == system] for system in ContactSystem}


class Reach:
    """Remembers who can be reached by what. A person is asked of the database once."""

    def __init__(self) -> None:
        self._known: dict[int, int] = {}  # person -> media as bits
        self._in_use = set(MessageChannel.objects.filter(is_active=True).values_list("medium", flat=True))

    def load(self, patients: Iterable[int]) -> None:
        """Look up those that are not known yet."""
        for some in in_batches((one for one in set(patients) if one not in self._known), PEOPLE):
            self._known.update(dict.fromkeys(some, 0))
            self._read(some)

    def first(self, patient: int, media: Sequence[str]) -> str:
        """The first of these media by which the person, who is loaded, can be reached; "" when there is none."""
        can = self._known[patient]
        return next((medium for medium in media if can & _BIT[medium]), "")

    def _read(self, patients: list[int]) -> None:
        points = list(
            ContactPoint.objects.reachable()
            .filter(patient__in=patients)
            .order_by()
            .values_list("patient_id", "system", "value")
        )
        refused = self._refused({value for _patient, _system, value in points})
        for patient, system, value in points:
            for medium in AT[system]:
                if medium in self._in_use and (medium, value) not in refused and _carries(medium, value):
                    self._known[patient] |= _BIT[medium]

    def _refused(self, addresses: set[str]) -> set[tuple[str, str]]:
        return set(OptOut.objects.live().filter(address__in=addresses).values_list("medium", "address"))


def _carries(medium: str, address: str) -> bool:
    return medium != Medium.SMS or _takes_sms(address[:ASSIGNED], len(address))


@lru_cache(maxsize=65_536)
def _takes_sms(first_digits: str, length: int) -> bool:
    return phones.takes_sms(first_digits.ljust(length, "1"))


_BIT = {medium.value: 1 << place for place, medium in enumerate(MEDIA)}
