"""Which site and department a page shows: named in its address, remembered while the person is signed in."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest

from common.ids import read_uuid
from directory.models import Department
from scheduling.models import Session

NAMES = ("site", "department")


@dataclass(frozen=True)
class Choice:
    """A site and a department by their public ids, or all of them."""

    site: UUID | None = None
    department: UUID | None = None

    @property
    def query(self) -> dict[str, str]:
        """As it stands in an address."""
        return {name: str(value) for name in NAMES if (value := getattr(self, name))}

    def fits(self, session: Session) -> bool:
        """Is the session of this department and site?"""
        department = session.service.department
        return self.department in (None, department.uuid) and self.site in (None, department.site.uuid)

    def at(self, path: str) -> Q:
        """The same as a condition; `path` leads from the rows to their department."""
        wanted = {f"{path}__uuid": self.department, f"{path}__site__uuid": self.site}
        return Q(**{name: value for name, value in wanted.items() if value})


EVERYTHING = Choice()


def asked(request: HttpRequest) -> Choice:
    """What the address names; what cannot be read is left out."""
    return Choice(*(read_uuid(request.GET.get(name, "")) for name in NAMES))


def remembered(request: HttpRequest) -> Choice | None:
    """What was chosen before, when the address says nothing about it."""
    if any(name in request.GET for name in NAMES):
        return None
    kept = request.session.get("choice", {})
    return Choice(*(read_uuid(kept.get(name, "")) for name in NAMES)) if kept else None


def remember(request: HttpRequest, choice: Choice) -> None:
    """For the next page; written only when it changes."""
    if request.session.get("choice", {}) != choice.query:
        request.session["choice"] = choice.query


def options(sessions: list[Session], choice: Choice) -> dict[str, list[Any]]:
    """Sites and departments to choose from: those of the sessions, departments of the chosen site only."""
    departments: list[Department] = list(dict.fromkeys(session.service.department for session in sessions))
    sites = sorted({one.site for one in departments}, key=str)
    here = [one for one in departments if choice.site in (None, one.site.uuid)]
    return {"sites": sites, "departments": sorted(here, key=str)}
