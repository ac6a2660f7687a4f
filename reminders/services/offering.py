"""Free places, offered by message to who waits for them, one person at a time."""

import datetime as dt

from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Channel
from accounts.services.actors import system_user
from common import clock
from common.errors import Refusal
from interactions.models import TaskKind, TaskPriority
from interactions.services import tasks
from messaging.models import Delivery, DeliveryState, SendingRule
from messaging.models.rule import Priority
from messaging.services import planning
from messaging.services.planning import Planned
from messaging.services.reach import Reach
from reminders.models import Notice
from scheduling.models import Appointment, AppointmentEvent, EventKind, Slot, WaitlistEntry, WaitlistOffer
from scheduling.models.waitlist import EntryStatus, OfferStatus
from scheduling.services import waitlist
from scheduling.services.origin import Origin

OFFER = "offer"  # `about_kind` of what is told about an offer
LOOK_BACK = dt.timedelta(days=2)  # places that became free so long ago are looked at again
UNHEARD = (DeliveryState.FAILED, DeliveryState.SUPPRESSED)
FREES = (EventKind.CANCELLED, EventKind.MOVED, EventKind.RELEASED, EventKind.LAPSED)


def offer_freed(at: dt.datetime | None = None) -> int:
    """Offer each place that became free to the next who waits for it; returns how many offers were made.

    Only in the hours in which people may be written to, so that nobody's half-hour runs out in their sleep. Repeatable:
    a place that is held for somebody is not free, and nobody is asked twice about the same place.
    """
    at = at or clock.now()
    notice = Notice.objects.filter(kind="offer", is_active=True).first()
    if notice is None or SendingRule.objects.get(priority=Priority.REMINDER).opening(at) > at:
        return 0
    _end_unheard(at)
    return sum(_offer(slot, notice, at) for slot in _freed(at))


def _end_unheard(at: dt.datetime) -> None:
    """Who cannot be told of an offer cannot answer it: staff call, and the place is not kept idle meanwhile."""
    unheard = Delivery.objects.filter(about_kind=OFFER, state__in=UNHEARD, kind="offer")
    running = WaitlistOffer.objects.filter(status=OfferStatus.OPEN, pk__in=unheard.values("about_id"))
    for offer in running.select_related("entry__patient", "entry__service", "appointment__slot"):
        if waitlist.lapse(offer, at):
            _hand_to_staff(offer.entry, offer.appointment.slot, at)


def _freed(at: dt.datetime) -> list[Slot]:
    """Places to come that somebody gave up lately and for whose service somebody waits."""
    events = AppointmentEvent.objects.filter(kind__in=FREES, at__gte=at - LOOK_BACK, at__lte=at)
    given_up = Q(pk__in=events.values("slot")) | Q(pk__in=events.exclude(from_slot=None).values("from_slot"))
    waits = WaitlistEntry.objects.filter(service=OuterRef("service"), status=EntryStatus.WAITING).order_by()
    ended = Appointment.objects.expired_holds(at).filter(slot=OuterRef("pk")).order_by()
    is_free = Q(taken__lt=F("capacity")) | Exists(ended)  # an ended hold counts until the next claim takes its place
    slots = Slot.objects.in_roster().filter(is_free, given_up, Exists(waits), starts_at__gt=at)
    return list(slots.select_related("session", "service").order_by("starts_at", "pk"))


def _offer(slot: Slot, notice: Notice, at: dt.datetime) -> int:
    """To the first in turn who can have it: by message, or through staff for who has no mobile phone."""
    made, is_handed_over, media = 0, False, notice.media.split()
    for entry in waitlist.candidates_for(slot, at):
        if not _is_reachable(entry, media):
            is_handed_over = is_handed_over or _hand_to_staff(entry, slot, at)
            continue
        try:
            offer = waitlist.offer(entry=entry, slot=slot, origin=Origin(system_user(), Channel.SYSTEM), at=at)
        except Refusal as refusal:
            if refusal.code in ("slot_full", "slot_blocked", "session_stopped"):
                break  # gone for everybody
            continue  # this person may not have it
        _tell(offer, notice, at)
        made += 1
    return made


def _is_reachable(entry: WaitlistEntry, media: list[str]) -> bool:
    """By one of the channels of the notice, and without having opted out there."""
    reach = Reach()
    reach.load([entry.patient_id])
    return bool(reach.first(entry.patient_id, media))


def _hand_to_staff(entry: WaitlistEntry, slot: Slot, at: dt.datetime) -> bool:
    """One call for a place: to the first in turn who has no such channel."""
    tasks.open(
        key=f"offer:{slot.pk}:{entry.pk}", kind=TaskKind.CALL_OFFER, patient=entry.patient, why="free_place",
        why_values={"when": slot.starts_at.isoformat()}, department=entry.service.department,
        about_kind="waitlistentry", about_id=entry.pk, priority=TaskPriority.URGENT, due_at=at,
        expires_at=slot.starts_at, by=system_user(), at=at,
    )  # fmt: skip
    return True


def _tell(offer: WaitlistOffer, notice: Notice, at: dt.datetime) -> None:
    planning.say(
        Planned(
            key=f"offer:{offer.pk}", patient=offer.entry.patient_id, kind="offer", media=notice.media.split(),
            due_at=at, expires_at=offer.expires_at, about=(OFFER, offer.pk, 0),
        ),
        at,
    )  # fmt: skip
