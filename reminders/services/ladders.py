"""Ladders of reminders: copied, tried, put in use, ended."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.actors import system_user
from common import clock
from messaging.models import Delivery, DeliveryState
from reminders.errors import LadderChanged, LadderEmpty, LadderOverlaps, NotADraft
from reminders.models import Act, Audience, Ladder, LadderState, Step
from reminders.services import planning
from scheduling.models import Appointment

DRY_DAYS = 7
COPIED = ("lineage", "hours_before", "at_time", "act", "media", "audience", "tag_id", "risk_percent", "only_unanswered")
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
    now = clock.now()
    first = Ladder.objects.create(
        name_zh="标准提醒", name_en="Standard reminders", state=LadderState.LIVE, live_since=now, by=system_user()
    )
    Step.objects.bulk_create(Step(ladder=first, **values) for values in FIRST)
    return first


@transaction.atomic
def copy(*, ladder: Ladder, by: User) -> Ladder:
    """A draft of the next version, with the same steps. The draft that there is already is given back as it stands."""
    known = Ladder.objects.filter(lineage=ladder.lineage, state=LadderState.DRAFT).first()
    if known:
        return known
    draft = Ladder.objects.create(name_zh=ladder.name_zh, name_en=ladder.name_en, lineage=ladder.lineage, by=by)
    draft.services.set(ladder.services.all())
    Step.objects.bulk_create(
        Step(ladder=draft, **{name: getattr(step, name) for name in COPIED}) for step in ladder.steps.all()
    )
    return draft


def put_in_use(*, draft: Ladder, by: User, at: dt.datetime | None = None) -> Ladder:
    """The draft takes the place of the version in use, and what that one planned follows it.

    Raises NotADraft, LadderEmpty, LadderOverlaps, LadderChanged when somebody did the same at the same moment.
    """
    at = at or clock.now()
    try:
        with transaction.atomic():
            return _replace(draft, by, at)
    except IntegrityError as error:
        raise LadderChanged from error


def _replace(draft: Ladder, by: User, at: dt.datetime) -> Ladder:
    fresh = Ladder.objects.select_for_update().get(pk=draft.pk)
    if fresh.state != LadderState.DRAFT:
        raise NotADraft
    if not fresh.steps.exists():
        raise LadderEmpty
    _check_overlap(fresh)
    old = Ladder.objects.live().select_for_update().filter(lineage=fresh.lineage).first()
    if old:
        _end(old, at)
    fresh.state, fresh.live_since, fresh.by = LadderState.LIVE, at, by
    fresh.save()
    if old:
        _realign(old, fresh, at)
    return fresh


def end(*, ladder: Ladder, at: dt.datetime | None = None) -> None:
    """Nobody is reminded by it any more; what it planned is called off. Raises NotADraft unless it is in use."""
    at = at or clock.now()
    with transaction.atomic():
        fresh = Ladder.objects.select_for_update().get(pk=ladder.pk)
        if fresh.state != LadderState.LIVE:
            raise NotADraft
        _end(fresh, at)
        for step in fresh.steps.all():
            _call_off(step, at)


def _end(ladder: Ladder, at: dt.datetime) -> None:
    ladder.state, ladder.ended_at = LadderState.ENDED, at
    ladder.save()


def _check_overlap(draft: Ladder) -> None:
    """Each service has one ladder, and there is one for all the others."""
    own = set(draft.services.all())
    for other in Ladder.objects.live().exclude(lineage=draft.lineage).prefetch_related("services"):
        theirs = set(other.services.all())
        if not own and not theirs:
            raise LadderOverlaps(other=other, services="–")
        if own & theirs:
            raise LadderOverlaps(other=other, services=", ".join(str(one) for one in own & theirs))


def _realign(old: Ladder, new: Ladder, at: dt.datetime) -> None:
    """What the old version planned and nobody has got yet: gone with its step, or at the step's new time."""
    steps = {step.lineage: step for step in new.steps.all()}
    for step in old.steps.all():
        successor = steps.get(step.lineage)
        if successor is None or successor.act != step.act or successor.audience != step.audience:
            _call_off(step, at)
        elif any(getattr(step, name) != getattr(successor, name) for name in COPIED):
            _shift(successor, at)


def _pending(step: Step):
    return Delivery.objects.filter(key__startswith=planning.prefix(step), state=DeliveryState.PENDING)


def _call_off(step: Step, at: dt.datetime) -> None:
    _pending(step).update(state=DeliveryState.CANCELLED, reason="ladder", changed_at=at)


def _shift(step: Step, at: dt.datetime) -> None:
    """At its new time and by its new channels; whose new time is over goes without this step."""
    due_of = planning.due_times(step)
    rows = list(_pending(step).only("pk", "about_id", "due_at"))
    starts = dict(Appointment.objects.filter(pk__in=[row.about_id for row in rows]).values_list("pk", "starts_at"))
    late = []
    for row in rows:
        row.due_at, row.media = due_of(starts[row.about_id]), step.media
        row.context = {"only_unanswered": step.only_unanswered}
        if row.due_at < at:
            late.append(row.pk)
    kept = [row for row in rows if row.pk not in set(late)]
    Delivery.objects.bulk_update(kept, ["due_at", "media", "context"], batch_size=500)
    Delivery.objects.filter(pk__in=late).update(state=DeliveryState.CANCELLED, reason="ladder", changed_at=at)


@dataclass(frozen=True)
class Tried:
    """What one step would do in the next days. days: day -> how many people."""

    step: Step
    days: dict[dt.date, int]

    @property
    def total(self) -> int:
        return sum(self.days.values())


def dry_run(ladder: Ladder, at: dt.datetime | None = None) -> list[Tried]:
    """Whom each step would reach in the next seven days if the ladder were in use from now on. Writes nothing."""
    at = at or clock.now()
    return [_try(ladder, step, at) for step in ladder.steps.all()]


def _try(ladder: Ladder, step: Step, at: dt.datetime) -> Tried:
    until = at + dt.timedelta(days=DRY_DAYS)
    counted = Counter(clock.local(rung.due_at).date() for rung in planning.rungs(ladder, step, at, until, at))
    return Tried(step, dict(sorted(counted.items())))


def who(ladder: Ladder, step: Step, day: dt.date, at: dt.datetime | None = None) -> Iterator[planning.Rung]:
    """The people behind a number of the dry run."""
    at = at or clock.now()
    until = at + dt.timedelta(days=DRY_DAYS)
    found = planning.rungs(ladder, step, at, until, at)
    return (rung for rung in found if clock.local(rung.due_at).date() == day)


def timeline(ladder: Ladder, starts_at: dt.datetime) -> list[tuple[Step, dt.datetime]]:
    """When each step comes for a visit at that moment, in order of time."""
    found = [(step, planning.due_times(step)(starts_at)) for step in ladder.steps.all()]
    return sorted(found, key=lambda pair: pair[1])
