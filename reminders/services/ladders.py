"""Ladders of reminders: begun, copied, changed, put in use, ended. How they are tried: `reminders.services.trying`."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.actors import system_user
from common import clock
from common.errors import NotAllowed
from directory.models import HealthcareService
from reminders.errors import (
    LadderChanged,
    LadderEmpty,
    LadderOverlaps,
    NameMissing,
    NotADraft,
    NotInUse,
)
from reminders.models import Act, Audience, Ladder, LadderState, Step
from reminders.services import planning, realigning, steps
from reminders.services.steps import Rule

PUT_IN_USE = "reminders.put_in_use_ladder"
FIRST = (
    {"hours_before": 72, "at_time": dt.time(10), "media": "wechat email sms"},
    {"hours_before": 72, "at_time": dt.time(9), "act": Act.CALL, "audience": Audience.AT_RISK},
    {"hours_before": 48, "at_time": dt.time(10), "media": "sms voice", "audience": Audience.AT_RISK},
    {"hours_before": 24, "at_time": dt.time(10), "media": "voice sms"},
    {"hours_before": 24, "at_time": dt.time(17), "media": "sms push"},
)


@transaction.atomic
def ensure_first() -> Ladder | None:
    """The ladder of a fresh start, in use at once; None when there is any ladder already."""
    if Ladder.objects.exists():
        return None
    first = Ladder.objects.create(
        name_zh="标准提醒",
        name_en="Standard reminders",
        state=LadderState.LIVE,
        live_since=clock.now(),
        by=system_user(),
    )
    Step.objects.bulk_create(Step(ladder=first, **values) for values in FIRST)
    return first


def begin(*, name_zh: str, name_en: str, by: User) -> Ladder:
    """A draft without steps. Raises NameMissing."""
    _check_names(name_zh, name_en)
    return Ladder.objects.create(name_zh=name_zh.strip(), name_en=name_en.strip(), by=by)


@transaction.atomic
def copy(*, ladder: Ladder, by: User) -> Ladder:
    """A draft of the next version, with the same steps. The draft that there is already is given back as it stands."""
    Ladder.objects.select_for_update().get(pk=ladder.pk)
    if known := draft_of(ladder):
        return known
    draft = Ladder.objects.create(name_zh=ladder.name_zh, name_en=ladder.name_en, lineage=ladder.lineage, by=by)
    draft.services.set(ladder.services.all())
    steps.copy(ladder, draft)
    return draft


@transaction.atomic
def discard(*, draft: Ladder) -> None:
    """A draft that was never in use is gone. Raises NotADraft."""
    _locked_draft(draft).delete()


def mark(ladder: Ladder) -> str:
    """A short print of all that the version says: what was seen is what is changed or put in use."""
    services = sorted(one.pk for one in ladder.services.all())
    said = f"{ladder.state}|{ladder.name_zh}|{ladder.name_en}|{services}|{steps.print_of(ladder)}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@transaction.atomic
def change(
    *,
    draft: Ladder,
    name_zh: str,
    name_en: str,
    services: Sequence[HealthcareService],
    rules: Sequence[Rule],
    seen: str,
    by: User,
) -> Ladder:
    """The draft says this from now on. seen: its `mark` as the writer saw it.

    Raises NotADraft, LadderChanged, NameMissing, LadderEmpty, and a StepRefused that says which step cannot be so.
    """
    fresh = _locked_draft(draft)
    if mark(fresh) != seen:
        raise LadderChanged
    _check_names(name_zh, name_en)
    if not rules:
        raise LadderEmpty
    checked = steps.check(rules)
    fresh.name_zh, fresh.name_en, fresh.by = name_zh.strip(), name_en.strip(), by
    fresh.save()
    fresh.services.set(services)
    steps.write(fresh, checked)
    return Ladder.objects.get(pk=fresh.pk)


@transaction.atomic
def save(
    *,
    of: Ladder | None,
    name_zh: str,
    name_en: str,
    services: Sequence[HealthcareService],
    rules: Sequence[Rule],
    seen: str,
    by: User,
) -> Ladder:
    """What an editor typed becomes a draft, which is returned: `of` itself when it is one, else a copy of the version
    `of`, else a new ladder. Raises what `change` does; LadderChanged also when somebody made a draft meanwhile."""
    draft = of or begin(name_zh=name_zh, name_en=name_en, by=by)
    if of and of.state != LadderState.DRAFT:
        if mark(of) != seen or draft_of(of):
            raise LadderChanged
        draft = copy(ladder=of, by=by)
    if draft != of:
        seen = mark(draft)
    return change(draft=draft, name_zh=name_zh, name_en=name_en, services=services, rules=rules, seen=seen, by=by)


def draft_of(ladder: Ladder) -> Ladder | None:
    """The draft of the next version, when there is one."""
    return Ladder.objects.filter(lineage=ladder.lineage, state=LadderState.DRAFT).first()


def put_in_use(*, draft: Ladder, by: User, seen: str, at: dt.datetime | None = None) -> Ladder:
    """The draft takes the place of the version in use, and what that one planned follows it.

    Raises NotAllowed, NotADraft, LadderEmpty, LadderOverlaps, and LadderChanged when the draft is not as it was `seen`
    (its `mark`), or somebody did the same at the same moment.
    """
    if not by.has_perm(PUT_IN_USE):
        raise NotAllowed
    try:
        with transaction.atomic():
            return _replace(draft, by, seen, at or clock.now())
    except IntegrityError as error:
        raise LadderChanged from error


@transaction.atomic
def end(*, ladder: Ladder, by: User, at: dt.datetime | None = None) -> None:
    """Nobody is reminded by it any more; what it planned is called off, and who it was for has the general ladder.

    Raises NotAllowed, NotInUse.
    """
    if not by.has_perm(PUT_IN_USE):
        raise NotAllowed
    at = at or clock.now()
    _lock_all()
    fresh = Ladder.objects.get(pk=ladder.pk)
    if fresh.state != LadderState.LIVE:
        raise NotInUse
    _end(fresh, at)
    for step in fresh.steps.all():
        realigning.call_off(step, at)
    _follow_general(fresh, at)


def timeline(some: Iterable[Step], starts_at: dt.datetime) -> list[tuple[Step, dt.datetime]]:
    """When each step, saved or not, comes for a visit at that moment, in order of time."""
    found = [(step, planning.due_times(step)(starts_at)) for step in some]
    return sorted(found, key=lambda pair: pair[1])


def _locked_draft(draft: Ladder) -> Ladder:
    fresh = Ladder.objects.select_for_update().filter(pk=draft.pk).first()
    if fresh is None or fresh.state != LadderState.DRAFT:
        raise NotADraft
    return fresh


def _check_names(name_zh: str, name_en: str) -> None:
    if not name_zh.strip() and not name_en.strip():
        raise NameMissing(field="name_en")


def _replace(draft: Ladder, by: User, seen: str, at: dt.datetime) -> Ladder:
    _lock_all()
    fresh = _locked_draft(draft)
    if mark(fresh) != seen:
        raise LadderChanged
    if not fresh.steps.exists():
        raise LadderEmpty
    _check_overlap(fresh)
    old = Ladder.objects.live().filter(lineage=fresh.lineage).first()
    if old:
        _end(old, at)
    fresh.state, fresh.live_since, fresh.by = LadderState.LIVE, at, by
    fresh.save()
    kept = set(fresh.steps.values_list("lineage", flat=True))
    for step in old.steps.exclude(lineage__in=kept) if old else ():
        realigning.call_off(step, at)
    realigning.follow(fresh, at, before=old)
    _follow_general(fresh, at)
    return fresh


def _lock_all() -> None:
    """Two ladders for one service, put in use at the same moment, wait for each other. There are few."""
    list(Ladder.objects.select_for_update().order_by("pk").values_list("pk"))


def _end(ladder: Ladder, at: dt.datetime) -> None:
    ladder.state, ladder.ended_at = LadderState.ENDED, at
    ladder.save()


def _follow_general(changed: Ladder, at: dt.datetime) -> None:
    """Whose service got a ladder of its own leaves the one for all others, and comes back when it ends."""
    for general in Ladder.objects.live().filter(services=None).exclude(pk=changed.pk):
        realigning.follow(general, at)


def _check_overlap(draft: Ladder) -> None:
    """Each service has one ladder, and there is one for all the others."""
    own = set(draft.services.all())
    for other in Ladder.objects.live().exclude(lineage=draft.lineage).prefetch_related("services"):
        theirs = set(other.services.all())
        if not own and not theirs:
            raise LadderOverlaps(other=other, services=_("all services without a ladder of their own"))
        if own & theirs:
            raise LadderOverlaps(other=other, services=", ".join(sorted(str(one) for one in own & theirs)))
