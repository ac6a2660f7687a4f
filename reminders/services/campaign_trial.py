"""A campaign tried before it begins: how many people, by what, how long it takes, at which price. Writes nothing."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.cache import cache

from common import clock
from messaging import lint, segments, words
from messaging.models import MessageChannel, SendingRule
from messaging.models.rule import Priority
from messaging.services.reach import Reach
from patients.models import Patient
from reminders import lots
from reminders.models import Campaign
from reminders.services import handing, writing

KEPT = 15 * 60  # seconds that figures are shown again; they say when they are from
EXAMPLES = 8


@dataclass(frozen=True)
class Trial:
    """What the campaign would do if it began at `at`.

    people: fit. held_out: of these, told nothing. media: medium -> how many by that one first. unreached: by none.
    ends_at: when the last one had their turn. costs: currency -> at most so much.
    """

    at: dt.datetime
    people: int
    held_out: int
    media: dict[str, int]
    unreached: int
    ends_at: dt.datetime
    costs: dict[str, Decimal] = field(default_factory=dict)

    @property
    def told(self) -> int:
        """How many would get a message."""
        return sum(self.media.values())


def tried(campaign: Campaign, *, again: bool = False) -> Trial:
    """The trial of this version, remembered for a quarter of an hour."""
    key = f"campaign:{campaign.pk}:{campaign.version}"
    known = None if again else cache.get(key)
    if known is None:
        known = dry_run(campaign, clock.now())
        cache.set(key, known, KEPT)
    return known


def dry_run(campaign: Campaign, at: dt.datetime) -> Trial:
    """Count who fits, who of them is drawn to be held out, and who could be reached by what."""
    reach, media, people, held_out = Reach(), Counter(), 0, 0
    for page in handing.pages(campaign, at):
        told = [one for one in page if not lots.draw(campaign.uuid, one).is_held_out(campaign.hold_out_percent)]
        people, held_out = people + len(page), held_out + len(page) - len(told)
        reach.load(told)
        media.update(reach.first(one, campaign.media_in_order) for one in told)
    unreached = media.pop("", 0)
    by_what = {medium: media[medium] for medium in campaign.media_in_order if media[medium]}
    ends_at = ends(sum(by_what.values()), campaign.per_minute, at)
    return Trial(at, people, held_out, by_what, unreached, ends_at, _costs(campaign, by_what))


def examples(campaign: Campaign, at: dt.datetime) -> list[Patient]:
    """A few of those who fit, in the order in which they would have their turn."""
    first = next(handing.pages(campaign, at), [])
    drawn = sorted(first, key=lambda one: lots.draw(campaign.uuid, one).place)[:EXAMPLES]
    known = Patient.objects.in_bulk(drawn)
    return [known[one] for one in drawn if one in known]


def ends(people: int, per_minute: int, at: dt.datetime) -> dt.datetime:
    """When the last of so many had their turn: only the hours of sending count."""
    rule = SendingRule.objects.get(priority=Priority.CAMPAIGN)
    left, moment = -(-people // per_minute), rule.opening(at)
    while left:
        closes = clock.at_wall(clock.local(moment).date(), rule.closes)
        today = min(left, max(1, -(-int((closes - moment).total_seconds()) // 60)))
        left, moment = left - today, moment + dt.timedelta(minutes=today)
        moment = rule.opening(moment) if left else moment
    return moment


def _costs(campaign: Campaign, media: dict[str, int]) -> dict[str, Decimal]:
    """With as many parts as the longest of its messages has."""
    costs: dict[str, Decimal] = {}
    for channel in MessageChannel.objects.filter(medium__in=media).exclude(price_amount=0):
        amount = media[channel.medium] * channel.price_amount * _parts(campaign, channel.medium)
        costs[channel.price_currency] = costs.get(channel.price_currency, Decimal(0)) + amount
    return costs


def _parts(campaign: Campaign, medium: str) -> int:
    drafts = [
        writing.whole(campaign.purpose, language, medium, getattr(variant, name))
        for variant in campaign.variants.all()
        for language, name in writing.WORDS.items()
    ]
    texts = [words.fill(draft.text, lint.example_of(draft.kind, draft.language)) for draft in drafts if draft]
    return max((segments.parts(segments.plain(text, medium), medium) for text in texts), default=1)
