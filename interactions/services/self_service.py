"""What people do for themselves on the portal and staff must look at afterwards."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from accounts.models import User
from common import clock
from interactions.models import TaskKind
from interactions.services import tasks
from patients.models import Patient, PortalAccount
from patients.services import family, portal_accounts
from patients.services.portal_accounts import Found, Papers

COMPARE_WITHIN = dt.timedelta(days=2)  # before most visits that are booked at once


def link(*, account: PortalAccount, papers: Papers, by: User, at: dt.datetime | None = None) -> Found:
    """`portal_accounts.link`; who may have another record is compared by staff. Raises what that raises."""
    return _looked_at(lambda at: portal_accounts.link(account=account, papers=papers, by=by, at=at), by, at)


def add_child(
    *, guardian: Patient, papers: Papers, relation: str, phone: str, by: User, at: dt.datetime | None = None
) -> Found:
    """`family.add_child`; who may have another record is compared by staff. Raises what that raises."""
    known = {"guardian": guardian, "papers": papers, "relation": relation, "phone": phone, "by": by}
    return _looked_at(lambda at: family.add_child(**known, at=at), by, at)


def add_adult(
    *, guardian: Patient, papers: Papers, relation: str, phone: str, by: User, at: dt.datetime | None = None
) -> Found:
    """`family.add_adult`; who may have another record is compared by staff. Raises what that raises."""
    known = {"guardian": guardian, "papers": papers, "relation": relation, "phone": phone, "by": by}
    return _looked_at(lambda at: family.add_adult(**known, at=at), by, at)


def _looked_at(work: Callable[[dt.datetime], Found], by: User, at: dt.datetime | None) -> Found:
    at = at or clock.now()
    with transaction.atomic():
        found = work(at)
        if found.doubt:
            _have_compared(found, by, at)
    return found


def _have_compared(found: Found, by: User, at: dt.datetime) -> None:
    """Once for each new record, however often it is linked."""
    numbers = ", ".join(other.record_number for other in found.doubt)
    tasks.open(
        key=f"identity:{found.patient.pk}", kind=TaskKind.CHECK_IDENTITY, patient=found.patient, why="perhaps_known",
        why_values={"records": numbers}, due_at=at + COMPARE_WITHIN, by=by, at=at,
    )  # fmt: skip
