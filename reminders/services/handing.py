"""Telling the people of a campaign, some each minute. May run twice, late, in several processes, and be killed.

First all who fit are written down, with their lot. Then each gets a turn, in the order of the lots: who does not fit
any more is left out, who is held out is told nothing, everybody else gets a delivery. Person and delivery are written
in one transaction under the campaign's lock, and the delivery's key is the person's; so a second worker finds the
campaign taken, and one that died has done nothing or all.
"""

import datetime as dt
import time
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import QuerySet

from accounts.services.actors import system_user
from common import clock
from common.bulk import insert_new_rows
from messaging.models import Delivery, DeliveryState, Reason, SendingRule
from messaging.models.rule import Priority
from messaging.services import planning
from messaging.services.planning import Planned
from messaging.services.reach import Reach
from reminders import lots
from reminders.models import Campaign, CampaignMember, CampaignVariant, MemberState
from reminders.services import audience, campaigns
from reminders.services.campaigns import CAMPAIGN
from reminders.services.writing import KIND

PAGE = 5_000  # people written down in one transaction
SECONDS = 30.0  # of writing down in one run; the queue ends a task after 60
TURNS = 20  # so often others are looked for in place of who was left out or held out
VALID_FOR = dt.timedelta(days=3)
BACKLOG = 10  # minutes' worth of messages that may wait for their carrier before no more are handed over
NO_CHANNEL = Reason.NO_ADDRESS.value
ON_THE_WAY = (DeliveryState.PENDING, DeliveryState.SENDING)


def run(at: dt.datetime | None = None) -> int:
    """This minute's people of all running campaigns; returns how many were handed over."""
    at = at or clock.now()
    return sum(_run(campaign, at) for campaign in Campaign.objects.running().order_by("started_at", "pk"))


def _run(campaign: Campaign, at: dt.datetime) -> int:
    if campaign.gathered_at is None:
        gather(campaign, at)
    return hand_over(campaign, at)  # nobody before all are written down: the lots go through all of them


def gather(campaign: Campaign, at: dt.datetime) -> None:
    """Write down who fits, page by page, from where it was left; as long as a task may take, else the next run goes on.

    Two at once write the same rows, which are there once.
    """
    variants, until, mine = list(campaign.variants.all()), time.monotonic() + SECONDS, _row_of(campaign)
    same = {"campaign": campaign.pk, "state": MemberState.WAITING.value, "reason": "", "round": 0}
    for people in pages(campaign, at, after=campaign.gathered_to):
        with transaction.atomic():
            rows = (_row(campaign, variants, patient) for patient in people)
            insert_new_rows(CampaignMember, ("patient", "variant", "lot"), rows, same)
            mine.filter(gathered_to__lt=people[-1]).update(gathered_to=people[-1])
        if time.monotonic() > until:
            return
    mine.filter(gathered_at=None).update(gathered_at=at)


def _row_of(campaign: Campaign) -> QuerySet[Campaign]:
    return Campaign.objects.filter(pk=campaign.pk)


def pages(campaign: Campaign, at: dt.datetime, *, after: int = 0) -> Iterator[list[int]]:
    """All who fit at `at`, by their numbers, some at a time: no statement stays open between two pages."""
    fitting, last = audience.of(campaign, at).order_by("pk").values_list("pk", flat=True), after
    while people := list(fitting.filter(pk__gt=last)[:PAGE]):
        yield people
        last = people[-1]


def _row(campaign: Campaign, variants: Sequence[CampaignVariant], patient: int) -> tuple[int, int | None, int]:
    lot = lots.draw(campaign.uuid, patient)
    words = variants[lot.variant([one.weight for one in variants])].pk
    return patient, None if lot.is_held_out(campaign.hold_out_percent) else words, lot.place


@transaction.atomic
def hand_over(campaign: Campaign, at: dt.datetime) -> int:
    """The turns of this minute. Nothing while somebody else has the campaign, or the hours of sending are over."""
    rows = Campaign.objects.running().select_for_update(skip_locked=True, no_key=True)
    locked = rows.filter(pk=campaign.pk, gathered_at__isnull=False).first()
    if locked is None:
        return 0
    reach, told, room = Reach(), 0, room_for(locked, at)
    for _turns in range(TURNS):
        members = list(_locked(_waiting(locked))[: room - told]) if told < room else []
        told += _turn(locked, members, reach, at) if members else 0
    if not _waiting(locked).exists() and not _on_the_way(locked):
        campaigns.finish(locked, by=system_user(), at=at)
    if told:
        transaction.on_commit(planning.wake)
    return told


def room_for(campaign: Campaign, at: dt.datetime) -> int:
    """How many may still be handed over in this minute of the clock."""
    if SendingRule.objects.get(priority=Priority.CAMPAIGN).opening(at) > at:
        return 0
    if _on_the_way(campaign) >= BACKLOG * campaign.per_minute:
        return 0
    minute = at.replace(second=0, microsecond=0)
    told = CampaignMember.objects.filter(campaign=campaign, state=MemberState.TOLD, turn_at__gte=minute)
    return campaign.per_minute - told.count()


def _waiting(campaign: Campaign) -> QuerySet[CampaignMember]:
    rows = CampaignMember.objects.filter(campaign=campaign, state=MemberState.WAITING)
    return rows.order_by("lot", "pk")


def _locked(rows: QuerySet[CampaignMember]) -> QuerySet[CampaignMember]:
    """Without those whose record is just being merged into another: their turn comes a minute later."""
    return rows.select_for_update(skip_locked=True)


def _on_the_way(campaign: Campaign) -> int:
    """Messages that wait or are being sent. They are few: found from the states, not from the people."""
    rows = Delivery.objects.filter(state__in=ON_THE_WAY, about_kind=CAMPAIGN).order_by()
    mine = rows.filter(about_id__in=CampaignMember.objects.filter(campaign=campaign).order_by().values("pk"))
    return mine.count()


def _turn(campaign: Campaign, members: Sequence[CampaignMember], reach: Reach, at: dt.datetime) -> int:
    """What becomes of each; returns how many are told."""
    people = [member.patient_id for member in members]
    reasons = audience.left_out(campaign, people, at)
    reach.load(people)
    for member in members:
        why = reasons.get(member.patient_id, "")
        if not why and not reach.first(member.patient_id, campaign.media_in_order):
            why = NO_CHANNEL
        _settle(member, why, at)
    CampaignMember.objects.bulk_update(members, ["state", "reason", "turn_at"])
    told = [member for member in members if member.state == MemberState.TOLD]
    planning.plan((_planned(campaign, member, at) for member in told), at)
    return len(told)


def _settle(member: CampaignMember, why: str, at: dt.datetime) -> None:
    member.turn_at, member.reason = at, why
    member.state = MemberState.SKIPPED if why else MemberState.TOLD if member.variant_id else MemberState.HELD


def _planned(campaign: Campaign, member: CampaignMember, at: dt.datetime) -> Planned:
    return Planned(
        key=f"campaign:{member.pk}:{member.round}", patient=member.patient_id, kind=KIND[campaign.purpose],
        media=campaign.media_in_order, due_at=at, expires_at=at + VALID_FOR,
        about=(CAMPAIGN, member.pk, member.round),
    )  # fmt: skip
