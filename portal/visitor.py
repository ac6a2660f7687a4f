"""Who is signed in to the portal, and for whom they may act.

The session holds the account's number and its count of sessions, so that signing out everywhere, and ending the
account, ends each of them at its next request.
"""

import datetime as dt
from functools import cached_property

from django.conf import settings
from django.db import models
from django.http import HttpRequest

from common import clock
from common.compiled import Compiled, Given
from patients.models import Patient, PortalAccount
from patients.services import family, portal_accounts
from patients.services.family import Member

KEY = "portal"  # in the session: account, sessions; last act and sign-in (seconds since 1970, UTC)
IDLE = dt.timedelta(minutes=30)  # without any act
STEP = 60  # seconds after which `last` is written anew


_account = Compiled(
    lambda: (
        PortalAccount.objects.live()
        .select_related("patient__merged_into")
        .filter(pk=Given("pk", models.BigIntegerField()))
        .order_by()
    )
)


class Visitor:
    """Somebody signed in. person: whose record it is; None until they have shown who they are."""

    def __init__(self, account: PortalAccount):
        self.account = account
        self.person: Patient | None = portal_accounts.person_of(account)

    idle_minutes = int(IDLE.total_seconds() // 60)

    @cached_property
    def members(self) -> list[Member]:
        """Themselves and whom they act for."""
        return family.members(self.person) if self.person else []

    @cached_property
    def people(self) -> list[Patient]:
        """The same as patients."""
        return [one.patient for one in self.members]


def signed_in(account: PortalAccount) -> dict:
    """What the session keeps of somebody who has just signed in."""
    now = clock.now().timestamp()
    return {"account": account.pk, "sessions": account.sessions, "last": now, "since": now}


def enter(request: HttpRequest, account: PortalAccount) -> None:
    """This browser is signed in. The session gets a new name, so that one planted before is worth nothing."""
    request.session.cycle_key()
    request.session[KEY] = signed_in(account)


def leave(request: HttpRequest) -> None:
    """Nobody is signed in to the portal any more; staff who use the same browser stay signed in."""
    if request.user.is_authenticated:
        for name in filter(lambda name: name.startswith(KEY), [*request.session.keys()]):  # half-filled forms too
            del request.session[name]
        request.session.cycle_key()
    else:
        request.session.flush()


def of(request: HttpRequest) -> Visitor | None:
    """Who is signed in; None also when they did nothing for IDLE, or were signed out elsewhere."""
    kept = request.session.get(KEY)
    if not kept:
        return None
    account = _account.first(pk=kept["account"])
    if account is None or account.sessions != kept["sessions"] or _is_idle(kept):
        leave(request)
        return None
    _note_act(request, kept)
    return Visitor(account)


def _is_idle(kept: dict) -> bool:
    now = clock.now().timestamp()
    return now - kept["last"] > IDLE.total_seconds() or now - kept["since"] > settings.SESSION_COOKIE_AGE


def _note_act(request: HttpRequest, kept: dict) -> None:
    """A page that asks by itself does not keep anybody signed in."""
    now = clock.now().timestamp()
    if "X-Background" not in request.headers and now - kept["last"] >= STEP:
        request.session[KEY] = {**kept, "last": now}
