"""Campaigns: written, started, paused, let go on, ended. Whom they are for: `audience`; how people are told: `handing`.

Whoever starts, pauses or ends locks the campaign's row, as handing over does. So nothing is handed over after a pause.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.errors import NotAllowed
from common.history import acting
from messaging.models import Delivery, DeliveryState, Message
from messaging.services import planning
from messaging.services.deliveries import PERHAPS_ARRIVED
from reminders.errors import CampaignChanged, NobodyFits, NotAtThisPoint
from reminders.models import Campaign, CampaignMember, CampaignState, MemberState
from reminders.services import audience, writing
from reminders.services.writing import Outline

CAMPAIGN = "campaign"  # `about_kind` of what a campaign says: the number is the member's
START, WRITE = "reminders.start_campaign", "reminders.change_campaign"
PAUSED, OVER = "paused", "over"  # why a message is called off
State = CampaignState


def begin(*, outline: Outline, by: User) -> Campaign:
    """A draft. Raises what `writing.check` raises, NotAllowed."""
    _permit(by, WRITE)
    writing.check(outline, by)
    with transaction.atomic(), acting(by):
        draft = Campaign.objects.create(by=by, **outline.columns)
        writing.write(draft, outline)
    return draft


@transaction.atomic
def change(*, draft: Campaign, outline: Outline, seen: int, by: User) -> Campaign:
    """The draft says this from now on. seen: its version as the writer saw it.

    Raises NotAtThisPoint, CampaignChanged, what `writing.check` raises, NotAllowed.
    """
    _permit(by, WRITE)
    fresh = _locked(draft, State.DRAFT)
    if fresh.version != seen:
        raise CampaignChanged
    writing.check(outline, by)
    for name, value in outline.columns.items():
        setattr(fresh, name, value)
    fresh.version += 1
    with acting(by):
        fresh.save()
    fresh.variants.all().delete()
    writing.write(fresh, outline)
    return fresh


@transaction.atomic
def copy(*, campaign: Campaign, by: User) -> Campaign:
    """A new draft that says the same. Raises NotAllowed, BeyondScope."""
    outline = Outline.of(campaign)
    outline.name_zh += "（副本）" if outline.name_zh else ""
    outline.name_en += " (copy)" if outline.name_en else ""
    return begin(outline=outline, by=by)


@transaction.atomic
def discard(*, draft: Campaign, by: User) -> None:
    """A draft is gone; nobody was told. Raises NotAtThisPoint, NotAllowed."""
    _permit(by, WRITE)
    fresh = _locked(draft, State.DRAFT)
    with acting(by):
        fresh.delete()


@transaction.atomic
def start(*, draft: Campaign, seen: int, by: User, at: dt.datetime | None = None) -> Campaign:
    """From now on people are told, minute by minute. seen: the version that was tried.

    Raises NotAtThisPoint, CampaignChanged, TextNotApproved, NobodyFits, BeyondScope, NotAllowed.
    """
    at = at or clock.now()
    _permit(by, START)
    fresh = _locked(draft, State.DRAFT)
    if fresh.version != seen:
        raise CampaignChanged
    writing.check_scope(Outline.of(fresh), by)
    writing.check_approval(fresh)
    if not audience.of(fresh, at).exists():
        raise NobodyFits
    fresh.started_at = at
    return _become(fresh, State.RUNNING, by)


@transaction.atomic
def pause(*, campaign: Campaign, by: User, at: dt.datetime | None = None) -> Campaign:
    """Nothing more is handed over, and what has not gone out yet is called back until the campaign goes on.

    Raises NotAtThisPoint, BeyondScope, NotAllowed.
    """
    fresh = _permitted(campaign, by, WRITE, State.RUNNING)
    _call_off(fresh, PAUSED, at or clock.now())
    return _become(fresh, State.PAUSED, by)


@transaction.atomic
def resume(*, campaign: Campaign, by: User, at: dt.datetime | None = None) -> Campaign:
    """It goes on where it stood. Raises NotAtThisPoint, TextNotApproved, BeyondScope, NotAllowed."""
    fresh = _permitted(campaign, by, START, State.PAUSED)
    writing.check_approval(fresh)  # the carrier may be another one than at the start
    _put_back(fresh)
    transaction.on_commit(planning.wake)
    return _become(fresh, State.RUNNING, by)


@transaction.atomic
def end(*, campaign: Campaign, by: User, at: dt.datetime | None = None) -> Campaign:
    """Who has not been told will not be. Raises NotAtThisPoint, BeyondScope, NotAllowed."""
    at = at or clock.now()
    fresh = _permitted(campaign, by, WRITE, State.RUNNING, State.PAUSED)
    _put_back(fresh)
    _call_off(fresh, OVER, at)
    left = CampaignMember.objects.filter(campaign=fresh, state=MemberState.WAITING)
    left.update(state=MemberState.SKIPPED, reason=OVER)
    return finish(fresh, by=by, at=at)


def finish(locked: Campaign, *, by: User, at: dt.datetime) -> Campaign:
    """It is over: by hand, or because everybody had their turn. The caller has the row."""
    locked.ended_at = at
    return _become(locked, State.ENDED, by)


def _permit(by: User, right: str) -> None:
    if not by.has_perm(right):
        raise NotAllowed


def _permitted(campaign: Campaign, by: User, right: str, *states: str) -> Campaign:
    _permit(by, right)
    fresh = _locked(campaign, *states)
    writing.check_scope(Outline.of(fresh), by)
    return fresh


def _locked(campaign: Campaign, *states: str) -> Campaign:
    fresh = Campaign.objects.select_for_update(no_key=True).filter(pk=campaign.pk).first()
    if fresh is None or fresh.state not in states:
        raise NotAtThisPoint(state=fresh.get_state_display() if fresh else _("gone"))
    return fresh


def _become(campaign: Campaign, state: str, by: User) -> Campaign:
    campaign.state = state
    with acting(by):
        campaign.save()
    return campaign


def _mine(campaign: Campaign) -> QuerySet[Delivery]:
    members = CampaignMember.objects.filter(campaign=campaign, state=MemberState.TOLD).order_by()
    return Delivery.objects.filter(about_kind=CAMPAIGN, about_id__in=members.values("pk"))


def _call_off(campaign: Campaign, reason: str, at: dt.datetime) -> None:
    """What waits and was not tried yet. What a carrier may have taken is settled by messaging's own rules."""
    waiting = _mine(campaign).filter(state=DeliveryState.PENDING, attempts=0)
    waiting.update(state=DeliveryState.CANCELLED, reason=reason, changed_at=at)


def _put_back(campaign: Campaign) -> None:
    """Whose message a pause called back waits again, for another one; unless a carrier may have taken the first."""
    last = Delivery.objects.filter(about_kind=CAMPAIGN, about_id=OuterRef("pk"), about_version=OuterRef("round"))
    back = last.filter(state=DeliveryState.CANCELLED, reason=PAUSED).order_by()
    perhaps = Message.objects.filter(delivery=OuterRef("pk"), state__in=PERHAPS_ARRIVED).order_by()
    told = CampaignMember.objects.filter(campaign=campaign, state=MemberState.TOLD).order_by()
    rows = told.filter(Exists(back.exclude(Exists(perhaps)))).values_list("pk", flat=True)
    CampaignMember.objects.filter(pk__in=list(rows)).update(
        state=MemberState.WAITING, turn_at=None, round=F("round") + 1
    )
