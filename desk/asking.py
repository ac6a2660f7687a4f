"""What a caller may ask for, found while it is typed: a department, a service or a practitioner."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import models

from accounts.models import User
from common import names
from common.ids import read_uuid
from directory.models import Department, HealthcareService, Practitioner

SHOWN = 8
NOT_MEANT = 9
KINDS = ("service", "practitioner", "department")


@dataclass(frozen=True)
class What:
    """Something that can be asked for: its kind, public id and name, and a line that tells it apart."""

    kind: str
    uuid: UUID
    name: str
    note: str = ""
    pk: int = 0

    @property
    def key(self) -> str:
        """As it stands in an address."""
        return f"{self.kind}.{self.uuid}"


def found(user: User, text: str) -> list[What]:
    """What `text` may mean, by either name, pinyin or initials; whatever begins with it first."""
    wanted = names.fold(text).replace(" ", "")
    ranked = sorted(((_rank(words, wanted), one) for one, words in _all(user)), key=lambda item: item[0])
    return [one for rank, one in ranked if rank < NOT_MEANT][:SHOWN]


def departments(user: User) -> list[What]:
    """All of them, for whoever does not want to type."""
    return [_what("department", row) for row in _rows(user)["department"].order_by("site", "code")]


def read(user: User, key: str) -> What | None:
    """What an address names, when the person may see it."""
    kind, _dot, ref = key.partition(".")
    uuid = read_uuid(ref)
    if kind not in KINDS or uuid is None:
        return None
    row = _rows(user)[kind].filter(uuid=uuid).first()
    return _what(kind, row) if row else None


def _all(user: User) -> Iterator[tuple[What, list[str]]]:
    for kind, rows in _rows(user).items():
        for row in rows:
            yield _what(kind, row), _words(row)


def _rows(user: User) -> dict[str, models.QuerySet]:
    services = HealthcareService.objects.visible_to(user).filter(is_active=True).select_related("department__site")
    departments = Department.objects.visible_to(user).filter(is_active=True).select_related("site")
    people = Practitioner.objects.visible_to(user).filter(is_active=True).prefetch_related("roles__department")
    return dict(zip(KINDS, (services, people, departments), strict=True))


def _what(kind: str, row: models.Model) -> What:
    return What(kind, row.uuid, str(row), " · ".join(map(str, _NOTES[kind](row))), row.pk)


_NOTES = {
    "service": lambda row: [row.department, row.department.site],
    "practitioner": lambda row: [row.get_title_display(), *(one.department for one in row.roles.all())],
    "department": lambda row: [row.site],
}


def _words(row: models.Model) -> list[str]:
    """Folded forms by which it is found."""
    written = [row.name] if isinstance(row, Practitioner) else [row.name_zh, row.name_en]
    heard = [form for name in written if name for form in (name, names.pinyin(name), names.initials(name))]
    return [names.fold(form).replace(" ", "") for form in heard]


def _rank(words: list[str], wanted: str) -> int:
    """0 the same, 1 begins with it, 2 holds it."""
    if not wanted:
        return NOT_MEANT
    if wanted in words:
        return 0
    if any(word.startswith(wanted) for word in words):
        return 1
    return 2 if any(wanted in word for word in words) else NOT_MEANT
