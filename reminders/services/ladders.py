"""Ladders of reminders: begun, copied, changed, put in use, ended. How they are tried: `reminders.services.trying`."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.actors import system_user
from common import clock
from common.errors import NotAllowed
from directory.models import HealthcareService
from messaging.models import Medium
from patients.models import Tag
from reminders.errors import (
    LadderChanged,
    LadderEmpty,
    LadderOverlaps,
    MediumMissing,
    MediumUnknown,
    NameMissing,
    NotADraft,
    NotInUse,
    RiskNotAShare,
    StepMoment,
    StepRefused,
    StepTwice,
    TagMissing,
    TimeNeedsDays,
)
from reminders.models import Act, Audience, Ladder, LadderState, Step
from reminders.models.ladder import EARLIEST_DAYS
from reminders.services import planning, realigning

COPIED = ("lineage", "hours_before", "at_time", "act", "media", "audience", "tag_id", "risk_percent", "only_unanswered")
PUT_IN_USE = "reminders.put_in_use_ladder"
FIRST = (
    {"hours_before": 72, "at_time": dt.time(10), "media": "wechat email sms"},
    {"hours_before": 72, "at_time": dt.time(9), "act": Act.CALL, "audience": Audience.AT_RISK},
    {"hours_before": 48, "at_time": dt.time(10), "media": "sms voice", "audience": Audience.AT_RISK},
    {"hours_before": 24, "at_time": dt.time(10), "media": "voice sms"},
    {"hours_before": 24, "at_time": dt.time(17), "media": "sms push"},
)


@dataclass(frozen=True)
class Rule:
    """A step as somebody wants it. lineage: of the step that it was; None for a new one. media: in order."""

    hours_before: int
    at_time: dt.time | None = None
    act: str = Act.MESSAGE
    media: str = ""
    audience: str = Audience.ALL
    tag: Tag | None = None
    risk_percent: int = 30
    only_unanswered: bool = True
    lineage: uuid.UUID | None = None

    @classmethod
    def of(cls, step: Step) -> "Rule":
        """The step as it stands."""
        return cls(**{field.name: getattr(step, field.name) for field in fields(cls)})


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
    Step.objects.bulk_create(
        Step(ladder=draft, **{name: getattr(step, name) for name in COPIED}) for step in ladder.steps.all()
    )
    return draft


@transaction.atomic
def discard(*, draft: Ladder) -> None:
    """A draft that was never in use is gone. Raises NotADraft."""
    _locked_draft(draft).delete()


def mark(ladder: Ladder) -> str:
    """A short print of all that the version says: what was seen is what is changed or put in use."""
    steps = sorted(" ".join(f"{getattr(step, name)}" for name in COPIED) for step in ladder.steps.all())
    services = sorted(one.pk for one in ladder.services.all())
    said = f"{ladder.state}|{ladder.name_zh}|{ladder.name_en}|{services}|{steps}"
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
    checked = [_checked(row, rule) for row, rule in enumerate(rules)]
    _check_twins(checked)
    fresh.name_zh, fresh.name_en, fresh.by = name_zh.strip(), name_en.strip(), by
    fresh.save()
    fresh.services.set(services)
    _write(fresh, checked)
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


def timeline(steps: Iterable[Step], starts_at: dt.datetime) -> list[tuple[Step, dt.datetime]]:
    """When each step, saved or not, comes for a visit at that moment, in order of time."""
    found = [(step, planning.due_times(step)(starts_at)) for step in steps]
    return sorted(found, key=lambda pair: pair[1])


def _locked_draft(draft: Ladder) -> Ladder:
    fresh = Ladder.objects.select_for_update().filter(pk=draft.pk).first()
    if fresh is None or fresh.state != LadderState.DRAFT:
        raise NotADraft
    return fresh


def _check_names(name_zh: str, name_en: str) -> None:
    if not name_zh.strip() and not name_en.strip():
        raise NameMissing(field="name_en")


def _checked(row: int, rule: Rule) -> Rule:
    """The rule without what does not belong to it. Raises what is wrong with it."""
    refuse = partial(_refuse, row)
    media = rule.media.split() if rule.act == Act.MESSAGE else []
    refuse(StepMoment, not 1 <= rule.hours_before <= EARLIEST_DAYS * 24, "amount", days=EARLIEST_DAYS)
    refuse(TimeNeedsDays, rule.at_time and rule.hours_before % 24, "at_time")
    refuse(MediumMissing, rule.act == Act.MESSAGE and not media, "media")
    refuse(MediumUnknown, len(set(media)) != len(media) or set(media) - set(Medium.values), "media")
    refuse(TagMissing, rule.audience == Audience.TAG and rule.tag is None, "tag")
    refuse(RiskNotAShare, not 1 <= rule.risk_percent <= 100, "risk_percent")
    tag = rule.tag if rule.audience == Audience.TAG else None
    said = {field.name: getattr(rule, field.name) for field in fields(Rule)}
    return Rule(**{**said, "media": " ".join(media), "tag": tag})


def _refuse(row: int, refusal: type[StepRefused], is_so: object, field: str, **params: int) -> None:
    if is_so:
        raise refusal(row=row, field=field, **params)


def _check_twins(rules: Sequence[Rule]) -> None:
    known = set()
    for row, rule in enumerate(rules):
        tag = rule.tag.pk if rule.tag else None
        same = (rule.hours_before, rule.at_time, rule.act, rule.audience, tag, rule.risk_percent, rule.media)
        if same in known:
            raise StepTwice(row=row, field="amount")
        known.add(same)


def _write(draft: Ladder, rules: Sequence[Rule]) -> None:
    """A step keeps its lineage unless it became another act, which is another step to who had the first."""
    acts = {step.lineage: step.act for step in draft.steps.all()}
    draft.steps.all().delete()
    made = []
    for rule in rules:
        said = {field.name: getattr(rule, field.name) for field in fields(Rule)}
        is_same = acts.pop(rule.lineage, None) == rule.act
        made.append(Step(ladder=draft, **{**said, "lineage": rule.lineage if is_same else uuid.uuid4()}))
    Step.objects.bulk_create(made)


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
