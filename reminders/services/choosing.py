"""Three places to choose from by answering with a number."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

from accounts.models import Channel
from accounts.services.actors import system_user
from common import clock
from messaging.models import Delivery
from scheduling.models import Appointment, Slot
from scheduling.services import free_places
from scheduling.services.free_places import Wish
from scheduling.services.origin import Origin

OFFERED = 3
AHEAD = dt.timedelta(days=28)
NOTICE = dt.timedelta(hours=2)  # a place that begins sooner is of no use to who reads a message


def origin() -> Origin:
    """Who answers by message acts through this door."""
    return Origin(system_user(), Channel.SMS)


def near(booking: Appointment, at: dt.datetime) -> list[Slot]:
    """The next places of the same service, first with the same practitioner, as the door for answers may book them."""
    first = clock.today(at)
    wish = Wish(first, first + AHEAD, service=booking.slot.service.uuid, limit=20)
    same = replace(wish, practitioner=booking.slot.session.practitioner.uuid)
    found: dict[int, Slot] = {}
    for one in (same, wish):
        page = free_places.search(one, origin=origin(), at=at)
        slots = [item.slot for item in page.found if item.slot.starts_at >= at + NOTICE]
        found |= {slot.pk: slot for slot in slots if slot.pk != booking.slot_id and slot.pk not in found}
        if len(found) >= OFFERED:
            break
    return sorted(list(found.values())[:OFFERED], key=lambda slot: slot.starts_at)


def as_context(slots: list[Slot]) -> dict[str, list[str]]:
    """What a delivery keeps of them."""
    return {"slots": [str(slot.uuid) for slot in slots]}


def slots_of(delivery: Delivery) -> list[Slot]:
    """In the order in which they were numbered."""
    refs = [UUID(ref) for ref in delivery.context["slots"]]
    by_ref = Slot.objects.select_related("session").in_bulk(refs, field_name="uuid")
    return [by_ref[ref] for ref in refs if ref in by_ref]
