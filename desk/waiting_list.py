"""The waiting list as a desk works it: offers that run, and who waits for what since when, those with a place first."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from common import clock
from desk.choosing import Choice
from scheduling import seeing
from scheduling.models import SessionStatus, Slot, WaitlistEntry, WaitlistOffer
from scheduling.models.waitlist import EntryStatus, OfferStatus
from scheduling.services import free_places
from scheduling.services.free_places import Wish
from scheduling.services.origin import Origin

MOST = 100  # lines: who stands further back is found in the list of the admin
PLACES = 6


@dataclass(frozen=True)
class Shown:
    """Both halves of the page, read at one moment."""

    offers: list[WaitlistOffer]
    entries: list[WaitlistEntry]
    more: bool
    at: Any


def of(user: User, choice: Choice) -> Shown:
    """What `user` may see of it."""
    at = clock.now()
    entries = list(_entries(user, choice, at)[: MOST + 1])
    return Shown(list(_offers(user, choice, at)), entries[:MOST], len(entries) > MOST, at)


def _offers(user: User, choice: Choice, at: Any) -> QuerySet[WaitlistOffer]:
    rows = seeing.offers(user).filter(choice.at("entry__service__department"), status=OfferStatus.OPEN)
    rows = (
        rows.filter(expires_at__gt=at).order_by("expires_at", "pk").prefetch_related("entry__patient__contact_points")
    )
    return rows.select_related(
        "entry__patient", "by", "appointment__slot__session__practitioner", "appointment__slot__service__department"
    )


def _entries(user: User, choice: Choice, at: Any) -> QuerySet[WaitlistEntry]:
    rows = seeing.waiting(user).filter(choice.at("service__department"), status=EntryStatus.WAITING)
    rows = rows.annotate(has_place=Exists(_places(at)))
    rows = rows.select_related("patient", "service__department", "practitioner").prefetch_related(
        "patient__contact_points"
    )
    return rows.order_by("-has_place", "-priority", "created_at", "pk")


def _places(at: Any) -> QuerySet[Slot]:
    """A free time of the service, between the days and with whom they want; the half of the day is asked later."""
    with_whom = Q(session__practitioner=OuterRef("practitioner")) | Q(Exists(_anybody()))
    return Slot.objects.filter(
        with_whom, service=OuterRef("service"), closed="", taken__lt=F("capacity"), starts_at__gt=at,
        session__day__gte=OuterRef("earliest"), session__day__lte=OuterRef("latest"),
        session__status=SessionStatus.OPEN, session__released_at__lte=at,
    ).order_by()  # fmt: skip


def _anybody() -> QuerySet[WaitlistEntry]:
    return WaitlistEntry.objects.filter(pk=OuterRef(OuterRef("pk")), practitioner=None).order_by()


def places(entry: WaitlistEntry, origin: Origin) -> list[Any]:
    """Free places that fit the wish of `entry`, soonest first."""
    wish = Wish(
        first_day=max(entry.earliest, clock.today()), last_day=entry.latest, service=entry.service.uuid,
        practitioner=entry.practitioner.uuid if entry.practitioner else None, part_of_day=entry.part_of_day,
        limit=PLACES,
    )  # fmt: skip
    return free_places.search(wish, origin=origin).found
