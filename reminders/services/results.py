"""What a campaign has done: per variant, and for who was held out. Reads page by page; writes nothing.

Two figures, because they answer two questions. Of those whom the message reached: how many booked after it, where the
booking is not owed to a later campaign (`reminders.crediting`). Of all who had a turn, told or held out: how many
booked in the 14 days after it. Only the second compares like with like: it leaves nobody out whom no message reached.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.core.cache import cache
from django.db.models import Count

from common import clock
from common.proportions import Share
from messaging.models import Delivery
from reminders import crediting
from reminders.crediting import WINDOW, Booked, Touch
from reminders.models import Campaign, CampaignMember, CampaignVariant, MemberState
from reminders.services import doubles
from reminders.services.campaigns import CAMPAIGN
from scheduling.models import Appointment, AppointmentStatus
from scheduling.models.appointment import CancelCause

PAGE = 2_000  # people looked at together
KEPT = 5 * 60  # seconds that figures are shown again; they say when they are from
SAID = ("about_id", "patient_id", "sent_at", "delivered_at", "answered_at", "answer")
NOT_BOOKED = (AppointmentStatus.HELD, AppointmentStatus.LAPSED)


@dataclass
class Arm:
    """Those with the same words, or those who are held out (variant None).

    people: had their turn. open: their 14 days are not over. after_delivery: booked and owed to this campaign.
    after_turn: booked at all.
    """

    variant: CampaignVariant | None
    people: int = 0
    open: int = 0
    sent: int = 0
    delivered: int = 0
    answered: int = 0
    stopped: int = 0
    after_delivery: int = 0
    after_turn: int = 0

    @property
    def answer_share(self) -> Share:
        return Share(self.answered, self.delivered)

    @property
    def conversion(self) -> Share:
        """Booked after delivery, of those whom it reached."""
        return Share(self.after_delivery, self.delivered)

    @property
    def booked(self) -> Share:
        """Booked after their turn, of all."""
        return Share(self.after_turn, self.people)


@dataclass
class Results:
    """All arms, as they stood at `at`; waiting: have not had their turn; left_out: reason -> how many."""

    at: dt.datetime
    arms: list[Arm] = field(default_factory=list)
    waiting: int = 0
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one message: the columns of SAID."""

    about_id: int
    patient_id: int
    sent_at: dt.datetime | None
    delivered_at: dt.datetime | None
    answered_at: dt.datetime | None
    answer: str


@dataclass
class _Life:
    """What happened to one person in the time that counts."""

    mine: list[Said] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    bookings: list[Booked] = field(default_factory=list)


def lately(campaign: Campaign, *, again: bool = False) -> Results:
    """The results, remembered for some minutes: of a large campaign it takes seconds to count them."""
    key = f"results:{campaign.pk}:{campaign.state}"
    known = None if again else cache.get(key)
    if known is None:
        known = of(campaign, clock.now())
        cache.set(key, known, KEPT)
    return known


def of(campaign: Campaign, at: dt.datetime) -> Results:
    """The results as they stand at `at`."""
    arms = {variant.pk: Arm(variant) for variant in campaign.variants.all()}
    if campaign.hold_out_percent:
        arms[None] = Arm(None)
    where, twice = departments_of(campaign), doubles.of(campaign)
    for members in _pages(campaign, twice):
        lives = _lives(members)
        for member in members:
            _count(arms[member.variant_id], member, lives[member.person], where, at)
    return Results(at, [*arms.values()], *_others(campaign, twice))


def departments_of(campaign: Campaign) -> frozenset[int]:
    """Where a booking counts for it; empty: anywhere."""
    departments = campaign.departments.values_list("pk", flat=True)
    return frozenset([*departments, *campaign.services.values_list("department", flat=True)])


def arrival(row: Said) -> dt.datetime | None:
    """When it arrived, as the carrier says; who answered has got it, also where carriers say nothing."""
    return row.delivered_at or row.answered_at


def _others(campaign: Campaign, twice: set[int]) -> tuple[int, dict[str, int]]:
    rows = CampaignMember.objects.filter(campaign=campaign).exclude(pk__in=twice).order_by()
    left_out = rows.filter(state=MemberState.SKIPPED).values_list("reason").annotate(n=Count("pk"))
    return rows.filter(state=MemberState.WAITING).count(), dict(left_out.order_by("-n"))


def _pages(campaign: Campaign, twice: set[int]) -> Iterator[list[CampaignMember]]:
    """Who had their turn, each person once, with `person`: their record of today."""
    rows = CampaignMember.objects.filter(campaign=campaign, state__in=doubles.HAD_TURN)
    rows, last = rows.exclude(pk__in=twice).annotate(person=doubles.PERSON).order_by("pk"), 0
    while page := list(rows.filter(pk__gt=last)[:PAGE]):
        yield page
        last = page[-1].pk


def _lives(members: Iterable[CampaignMember]) -> dict[int, _Life]:
    """Three statements for all of them."""
    lives: dict[int, _Life] = defaultdict(_Life)
    mine = {member.pk for member in members}
    people = {member.person for member in members}
    rows = Delivery.objects.filter(patient__in=people, about_kind=CAMPAIGN).exclude(kind="reply").order_by()
    said = [Said(*row) for row in rows.values_list(*SAID)]
    for row, touch in _touches(said):
        if row.about_id in mine:
            lives[row.patient_id].mine.append(row)
        if touch:
            lives[row.patient_id].touches.append(touch)
    since = min(member.turn_at for member in members)
    for patient, at, department in _bookings(people, since):
        lives[patient].bookings.append(Booked(at, department))
    return lives


def _touches(said: Sequence[Said]) -> Iterator[tuple[Said, Touch | None]]:
    owner = dict(CampaignMember.objects.filter(pk__in={row.about_id for row in said}).values_list("pk", "campaign"))
    where = {one.pk: departments_of(one) for one in Campaign.objects.filter(pk__in=set(owner.values()))}
    for row in said:
        campaign = owner.get(row.about_id)
        arrived = arrival(row) if campaign else None
        yield row, Touch(campaign, arrived, where[campaign]) if arrived else None


def _bookings(people: Iterable[int], since: dt.datetime) -> Iterable[tuple]:
    rows = Appointment.objects.filter(patient__in=people, created_at__gt=since).exclude(status__in=NOT_BOOKED)
    rows = rows.exclude(cancel_cause=CancelCause.ERROR).order_by()
    return rows.values_list("patient", "created_at", "slot__service__department")


def _count(arm: Arm, member: CampaignMember, life: _Life, where: frozenset[int], at: dt.datetime) -> None:
    arm.people += 1
    arm.open += member.turn_at + WINDOW > at
    arm.sent += any(row.sent_at for row in life.mine)
    arm.answered += any(row.answered_at for row in life.mine)
    arm.stopped += any(row.answer == "stop" for row in life.mine)
    arm.delivered += any(arrival(row) for row in life.mine)
    arm.after_delivery += crediting.is_owed(member.campaign_id, life.touches, life.bookings)
    arm.after_turn += Touch(member.campaign_id, member.turn_at, where).leads_to_any(life.bookings)
