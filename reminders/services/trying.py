"""A ladder tried on what is booked, before it is in use: how many people each step would reach, when, by what."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.core.cache import cache

from common import clock
from messaging.models import MessageChannel
from messaging.services.reach import Reach
from reminders import lots
from reminders.models import Act, Ladder, Step
from reminders.rung import Rung
from reminders.services import ladders, planning
from reminders.services.riskiest import Cut, Ranking

DRY_DAYS = 7
KEPT = 15 * 60  # seconds that a figure is shown again; it says when it is from


@dataclass(frozen=True)
class Tried:
    """What one step would do in the next days.

    days: day -> how many people. media: medium -> how many would get it by that one first. calls: those who fall to
    staff, as the step is a call or no channel reaches them. cut: where the riskiest begin, for a step that is for them.
    """

    step: int
    lineage: UUID
    days: dict[dt.date, int]
    media: dict[str, int]
    calls: int
    cut: Cut | None = None

    @property
    def total(self) -> int:
        return sum(self.days.values())


@dataclass(frozen=True)
class Trial:
    """What a ladder would do in the seven days from `at` on. costs: by currency, with one part for each message."""

    at: dt.datetime
    steps: list[Tried]
    costs: dict[str, Decimal] = field(default_factory=dict)

    @property
    def days(self) -> list[dt.date]:
        """From today on."""
        first = clock.today(self.at)
        return [first + dt.timedelta(days=number) for number in range(DRY_DAYS + 1)]

    @property
    def total(self) -> int:
        return sum(step.total for step in self.steps)

    @property
    def calls(self) -> int:
        return sum(step.calls for step in self.steps)

    @property
    def media(self) -> Counter[str]:
        """Medium -> how many messages."""
        return sum((Counter(step.media) for step in self.steps), Counter())

    def on(self, day: dt.date) -> int:
        """How many on that day, all steps together."""
        return sum(step.days.get(day, 0) for step in self.steps)

    def of(self, lineage: UUID) -> Tried | None:
        """The step in this version."""
        return next((step for step in self.steps if step.lineage == lineage), None)


def dry_run(ladder: Ladder, at: dt.datetime | None = None, reach: Reach | None = None) -> Trial:
    """Whom each step would reach in the next seven days if the ladder were in use from now on. Writes nothing.

    Who has had a step already is left out. reach: what is known of people from another run.
    """
    at, reach = at or clock.now(), reach or Reach()
    ranking = Ranking.of(ladder, at)
    steps = [_try(ladder, step, at, reach, ranking) for step in ladder.steps.all()]
    return Trial(at, steps, _costs(steps))


def compared(draft: Ladder, *, again: bool = False) -> tuple[Trial, Trial | None]:
    """The draft, and the version in use beside it, when there is one. Remembered for a quarter of an hour."""
    live = Ladder.objects.live().filter(lineage=draft.lineage).first()
    key = f"trial:{draft.pk}:{ladders.mark(draft)}:{live.pk if live else 0}"
    known = None if again else cache.get(key)
    if known is None:
        at, reach = clock.now(), Reach()
        known = dry_run(draft, at, reach), live and dry_run(live, at, reach)
        cache.set(key, known, KEPT)
    return known


def who(ladder: Ladder, step: Step, day: dt.date, at: dt.datetime) -> Iterator[Rung]:
    """The people behind a number of the dry run of `at`."""
    first, after = clock.day_bounds(day)
    until = min(after, at + dt.timedelta(days=DRY_DAYS))
    return _told(ladder, step, max(at, first), until, at, Ranking.of(ladder, at))


def _try(ladder: Ladder, step: Step, at: dt.datetime, reach: Reach, ranking: Ranking) -> Tried:
    found = _told(ladder, step, at, at + dt.timedelta(days=DRY_DAYS), at, ranking)
    moments: Counter[dt.datetime] = Counter()
    people: Counter[int] = Counter()
    for rung in found:
        moments[rung.due_at] += 1
        people[rung.patient] += 1
    days: Counter[dt.date] = Counter()
    for moment, count in moments.items():
        days[clock.local(moment).date()] += count
    media = _by_medium(step, people, reach)
    calls = people.total() - sum(media.values())
    return Tried(step.pk, step.lineage, dict(sorted(days.items())), media, calls, ranking.cut(step))


def _told(
    ladder: Ladder, step: Step, since: dt.datetime, until: dt.datetime, at: dt.datetime, ranking: Ranking
) -> Iterator[Rung]:
    """Who would get the step: had it not yet, and is not left out by lot."""
    found = planning.rungs(ladder, step, since, until, at, untold=True, ranking=ranking)
    return (rung for rung in found if not lots.falls_on(rung.key, step.holdout_percent))


def _by_medium(step: Step, people: Counter[int], reach: Reach) -> dict[str, int]:
    if step.act == Act.CALL:
        return {}
    reach.load(people)
    wanted, found = step.media.split(), Counter()
    for person, count in people.items():
        found[reach.first(person, wanted)] += count
    return {medium: found[medium] for medium in wanted if found[medium]}


def _costs(steps: list[Tried]) -> dict[str, Decimal]:
    costs: dict[str, Decimal] = {}
    for channel in MessageChannel.objects.all():
        count = sum(step.media.get(channel.medium, 0) for step in steps)
        if count and channel.price_amount:
            known = costs.get(channel.price_currency, Decimal(0))
            costs[channel.price_currency] = known + count * channel.price_amount
    return costs
