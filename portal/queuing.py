"""Who waits for what (候补), as patients read it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from common import shown
from directory.models import HealthcareService
from patients.models import Patient
from portal import cards, times
from portal.cards import Card
from scheduling.models import WaitlistEntry, WaitlistOffer
from scheduling.models.waitlist import EntryStatus, OfferStatus, PartOfDay

LIVE = (EntryStatus.WAITING, EntryStatus.OFFERED)
OFFERED = (
    "entry", "appointment__patient", "appointment__slot__session__practitioner",
    "appointment__slot__session__location", "appointment__slot__service__department__site",
)  # fmt: skip


@dataclass(frozen=True)
class Waits:
    """An entry. offer: public id of a place that is kept for them; place: that place; until: as a sentence needs it."""

    entry: WaitlistEntry
    name: str
    what: str
    span: str
    part: Any
    offer: Any = None
    place: Card | None = None
    until: str = ""


def of(people: list[Patient], now: dt.datetime) -> list[Waits]:
    """Everything these people wait for, offers first; two statements."""
    rows = WaitlistEntry.objects.filter(patient__in=people, status__in=LIVE)
    rows = rows.select_related("patient", "service__department__site", "practitioner").order_by("created_at", "pk")
    offers = {one.entry_id: one for one in open_offers(people, now)}
    return sorted((_waits(one, offers.get(one.pk)) for one in rows), key=lambda one: one.offer is None)


def open_offers(people: list[Patient], now: dt.datetime):
    """Places that are kept for them now."""
    rows = WaitlistOffer.objects.filter(entry__patient__in=people, status=OfferStatus.OPEN, expires_at__gt=now)
    return rows.select_related(*OFFERED)


def _waits(entry: WaitlistEntry, offer: WaitlistOffer | None) -> Waits:
    kept = offer.appointment if offer else None
    return Waits(
        entry, entry.patient.name_masked, what(entry), f"{shown.day(entry.earliest)} – {shown.day(entry.latest)}",
        PartOfDay(entry.part_of_day).label,
        offer.uuid if offer else None,
        cards.place(kept.slot, kept.patient) if kept else None,
        times.moment(offer.expires_at) if offer else "",
    )  # fmt: skip


def what(entry: WaitlistEntry) -> str:
    """The service, and with whom if that matters to them."""
    name = service_name(entry.service)
    return f"{name} · {entry.practitioner}" if entry.practitioner else name


def service_name(service: HealthcareService) -> str:
    """Hidden where it tells of an illness, as on every list."""
    return _("clinic") if service.department.is_sensitive else service.name
