"""What an answer does: the same for a number sent back, a key pressed and a link opened.

Each act goes through the pool's own services, as the door for text messages. What they refuse is told to the patient.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.services.actors import system_user
from common.errors import Refusal
from interactions.models import TaskKind, TaskPriority
from interactions.services import tasks
from messaging.models import Delivery
from messaging.services import planning
from messaging.services.planning import Planned
from reminders import facts
from reminders.models import Notice
from reminders.services import choosing, saying
from scheduling.errors import TooLate
from scheduling.models import Appointment, WaitlistOffer
from scheduling.services import appointments, substitutes, telling, waitlist

CHOOSE_FOR = dt.timedelta(hours=24)


@dataclass(frozen=True)
class Done:
    """What became of it, for staff: a code, and words."""

    code: str
    words: object


Act = Callable[[Delivery, dt.datetime], Done]


def act(delivery: Delivery, code: str, at: dt.datetime) -> Done | None:
    """Do what `code` means as an answer to this message; None when it means nothing there. Refusals are told."""
    do = _ACTS.get((delivery.kind, code))
    if do is None:
        return None
    try:
        return do(delivery, at)
    except TooLate as refusal:
        return _too_late(delivery, refusal, at)
    except Refusal as refusal:
        saying.refused(delivery, refusal, key=f"{delivery.pk}:{code}:{refusal.code}", at=at)
        return Done("refused", refusal)


def choose(delivery: Delivery, number: int, at: dt.datetime) -> Done | None:
    """Take the place with this number of those that the message named; if it has gone, others are named."""
    slots = choosing.slots_of(delivery)
    if not 1 <= number <= len(slots):
        return None
    booking = _booking(delivery)
    try:
        return _take(booking, delivery, slots[number - 1], at)
    except Refusal as refusal:
        saying.refused(delivery, refusal, key=f"{delivery.pk}:{number}:{refusal.code}", at=at)
        _name_places(delivery, booking, at, again=f":{number}")
        return Done("refused", refusal)


def _take(booking: Appointment, delivery: Delivery, slot: object, at: dt.datetime) -> Done:
    if delivery.context.get("anew"):
        appointments.book(patient=booking.patient, slot=slot, origin=choosing.origin(), reason=booking.reason, at=at)
        return Done("booked", _("Booked another time"))
    appointments.move(appointment=booking, slot=slot, origin=choosing.origin(), version=delivery.about_version, at=at)
    return Done("moved", _("Moved to another time"))


def _booking(delivery: Delivery) -> Appointment:
    return Appointment.objects.for_desk().get(pk=delivery.about_id)


def _confirm(delivery: Delivery, at: dt.datetime) -> Done:
    booking = _booking(delivery)
    appointments.confirm(appointment=booking, origin=choosing.origin(), version=delivery.about_version, at=at)
    known = facts.of_visit(booking, delivery.patient.language)
    saying.reply(delivery, _("Thank you. See you on %(when)s, %(place)s."), key=f"{delivery.pk}:thanks", at=at, **known)
    return Done("confirmed", _("Confirmed"))


def _cancel(delivery: Delivery, at: dt.datetime) -> Done:
    """The notice of the cancellation is the answer."""
    appointments.cancel(appointment=_booking(delivery), origin=choosing.origin(), version=delivery.about_version, at=at)
    return Done("cancelled", _("Cancelled"))


def _move(delivery: Delivery, at: dt.datetime) -> Done:
    booking = _booking(delivery)
    appointments.require_in_time(booking, choosing.origin(), at)
    return _name_places(delivery, booking, at)


def _again(delivery: Delivery, at: dt.datetime) -> Done:
    return _name_places(delivery, _booking(delivery), at, anew=True)


def _name_places(
    delivery: Delivery, booking: Appointment, at: dt.datetime, *, anew: bool | None = None, again: str = ""
) -> Done:
    """Three places to choose from; without any, a person looks."""
    slots, media = choosing.near(booking, at), Notice.media_for("places")
    is_anew = bool(delivery.context.get("anew")) if anew is None else anew
    if not slots or not media:
        return _ask_staff(delivery, booking, "wants_to_move", at)
    planning.say(
        Planned(
            key=f"places:{delivery.pk}{again}", patient=booking.patient_id, kind="places", media=media, due_at=at,
            expires_at=at + CHOOSE_FOR, about=(delivery.about_kind, booking.pk, booking.version),
            context=choosing.as_context(slots) | {"anew": is_anew},
        ),
        at,
    )  # fmt: skip
    return Done("places", _("Asked for another time"))


def _too_late(delivery: Delivery, refusal: TooLate, at: dt.datetime) -> Done:
    """The patient is told to call, and staff know, because an empty place may still be filled."""
    booking = _booking(delivery)
    saying.refused(delivery, refusal, key=f"{delivery.pk}:late", at=at)
    return _ask_staff(delivery, booking, "too_late_to_change", at)


def _ask_staff(delivery: Delivery, booking: Appointment, why: str, at: dt.datetime) -> Done:
    tasks.open(
        key=f"{why}:{booking.pk}:{booking.version}", kind=TaskKind.READ_ANSWER, patient=booking.patient, why=why,
        why_values={"when": booking.starts_at.isoformat()}, department=booking.slot.service.department,
        about_kind="appointment", about_id=booking.pk, priority=TaskPriority.URGENT, due_at=at, by=system_user(), at=at,
    )  # fmt: skip
    return Done("staff", _("Handed to staff"))


def _take_kept(delivery: Delivery, at: dt.datetime) -> Done:
    substitutes.take(lost=_booking(delivery), origin=choosing.origin(), at=at)
    return Done("booked", _("Took the kept place"))


def _leave_kept(delivery: Delivery, at: dt.datetime) -> Done:
    telling.tell(appointment=_booking(delivery), origin=choosing.origin(), at=at)
    return Done("declined", _("Does not want the kept place"))


def _accept_offer(delivery: Delivery, at: dt.datetime) -> Done:
    waitlist.accept(offer=_offer(delivery), origin=choosing.origin(), at=at)
    return Done("accepted", _("Took the free place"))


def _decline_offer(delivery: Delivery, at: dt.datetime) -> Done:
    waitlist.decline(offer=_offer(delivery), origin=choosing.origin(), at=at)
    return Done("declined", _("Does not want the free place"))


def _offer(delivery: Delivery) -> WaitlistOffer:
    return WaitlistOffer.objects.select_related("entry").get(pk=delivery.about_id)


def _no_need(delivery: Delivery, at: dt.datetime) -> Done:
    return Done("no_need", _("Needs no other time"))


_ACTS: dict[tuple[str, str], Act] = {
    ("reminder", "confirm"): _confirm,
    ("reminder", "cancel"): _cancel,
    ("reminder", "move"): _move,
    ("booked", "cancel"): _cancel,
    ("booked", "move"): _move,
    ("moved", "cancel"): _cancel,
    ("moved", "move"): _move,
    ("stopped_kept", "yes"): _take_kept,
    ("stopped_kept", "no"): _leave_kept,
    ("missed", "yes"): _again,
    ("missed", "no"): _no_need,
    ("offer", "yes"): _accept_offer,
    ("offer", "no"): _decline_offer,
}


def possible(delivery: Delivery) -> list[str]:
    """The codes that mean something as an answer to this message, for a page that shows them as buttons."""
    return [code for kind, code in _ACTS if kind == delivery.kind]
