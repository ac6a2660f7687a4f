"""The policy on missed visits: drafted, put in use, followed by its next version, ended."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import User
from common import clock
from common.errors import NotAllowed
from scheduling.errors import PolicyNotADraft, PolicyNotInUse
from scheduling.models import NoShowPolicy, PolicyState

COPIED = ("text_zh", "text_en", "absences", "within_days", "restrict_days", "appeal_days")


def live() -> NoShowPolicy | None:
    """The version in use."""
    return NoShowPolicy.objects.filter(state=PolicyState.LIVE).first()


def draft() -> NoShowPolicy | None:
    """The next version, while it is being written."""
    return NoShowPolicy.objects.filter(state=PolicyState.DRAFT).first()


def values_of(policy: NoShowPolicy) -> dict[str, Any]:
    """What a copy begins with."""
    return {name: getattr(policy, name) for name in COPIED} | {"exempt": policy.exempt.all()}


@transaction.atomic
def write(*, by: User, exempt: Any = (), **said: Any) -> NoShowPolicy:
    """The draft says this from now on; there is one at a time, and it binds nobody. Raises NotAllowed."""
    if not by.has_perm("scheduling.change_noshowpolicy"):
        raise NotAllowed
    row = NoShowPolicy.objects.select_for_update().filter(state=PolicyState.DRAFT).first() or NoShowPolicy()
    for name in COPIED:
        setattr(row, name, said[name])
    row.by = by
    row.full_clean(exclude=["by"])
    row.save()
    row.exempt.set(exempt)
    return row


@transaction.atomic
def put_in_use(*, policy: NoShowPolicy, by: User, at: dt.datetime | None = None) -> NoShowPolicy:
    """From now on restrictions rest on it; the version before has ended. Those imposed by that one keep to it.

    The first one counts no visit of before. Raises NotAllowed, PolicyNotADraft.
    """
    at = at or clock.now()
    _permit(by)
    fresh = _locked(policy)
    if fresh.state != PolicyState.DRAFT:
        raise PolicyNotADraft
    former = live()
    if former:
        _end(former, at)
    fresh.state, fresh.live_since = PolicyState.LIVE, at
    fresh.counts_from = former.counts_from if former else at
    fresh.save()
    return fresh


@transaction.atomic
def end(*, policy: NoShowPolicy, by: User, at: dt.datetime | None = None) -> NoShowPolicy:
    """Nobody can be restricted any more; what stands expires by itself. Raises NotAllowed, PolicyNotInUse."""
    _permit(by)
    fresh = _locked(policy)
    if fresh.state != PolicyState.LIVE:
        raise PolicyNotInUse
    return _end(fresh, at or clock.now())


@transaction.atomic
def discard(*, policy: NoShowPolicy, by: User) -> None:
    """A draft that was never in use is gone. Raises NotAllowed, PolicyNotADraft."""
    if not by.has_perm("scheduling.change_noshowpolicy"):
        raise NotAllowed
    fresh = _locked(policy)
    if fresh.state != PolicyState.DRAFT:
        raise PolicyNotADraft
    fresh.delete()


def _permit(by: User) -> None:
    if not by.has_perm("scheduling.put_in_use_noshowpolicy"):
        raise NotAllowed


def _locked(policy: NoShowPolicy) -> NoShowPolicy:
    rows = NoShowPolicy.objects.select_for_update().in_bulk()  # all of them: one version takes the other's place
    if policy.pk not in rows:
        raise PolicyNotADraft
    return rows[policy.pk]


def _end(policy: NoShowPolicy, at: dt.datetime) -> NoShowPolicy:
    policy.state, policy.ended_at = PolicyState.ENDED, at
    policy.save()
    return policy
