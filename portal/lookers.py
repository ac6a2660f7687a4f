"""Who looked at a record, in words that a patient understands: the day, the kind of person, the act; no names of staff.

Names stay with the auditor: people answer for what they did to the hospital, and the hospital answers to the patient.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.models.access import Action
from accounts.models.user import Kind
from accounts.roles import ROLES
from common import clock
from patients.models import Patient
from patients.services import revealing
from portal.holding import LOOKED_BACK
from visits.services import by_reference

MOST = 2_000  # rows of the log that are read
ACTS = {
    Action.OPEN: gettext_lazy("opened your record"),
    Action.REVEAL: gettext_lazy("saw a phone or document number in full"),
    Action.EXPORT: gettext_lazy("took a copy of your data"),
    Action.IMPORT: gettext_lazy("brought your data in from another system"),
    Action.DENIED: gettext_lazy("wanted to see a number in full and was refused"),
    Action.FAILED_CHECK: gettext_lazy("asked who is calling, and the answers were wrong"),
}


@dataclass(frozen=True)
class Look:
    """One kind of person who did one thing on one day, so many times."""

    day: dt.date
    who: str
    act: Any
    times: int


def lately(person: Patient) -> list[Look]:
    """Of the last LOOKED_BACK, the latest day first."""
    rows = revealing.looks_at(person, since=clock.now() - LOOKED_BACK)[:MOST]
    counted = Counter((clock.today(one.at), _who(one.user, one.detail), one.action) for one in rows)
    return [Look(day, who, ACTS[Action(act)], times) for (day, who, act), times in counted.items()]


def _who(user: User | None, detail: str) -> str:
    if user is None:
        return _("Somebody who did not sign in")
    if user.is_patient_portal and detail == by_reference.REFERENCE:
        return _("Somebody with your reference and birth date")
    if user.is_patient_portal:
        return _("You, on the portal")
    if user.kind != Kind.STAFF:
        return _("A machine of the hospital")
    return _role(user)


def _role(user: User) -> str:
    roles = [str(ROLES[one.name]) for one in user.groups.all() if one.name in ROLES]
    return ", ".join(sorted(roles)) or (str(ROLES["administrator"]) if user.is_superuser else _("Staff"))
