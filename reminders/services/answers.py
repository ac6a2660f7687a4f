"""What an answer does: the same for a number sent back, a key pressed and a link opened.

Each act goes through the pool's own services, as the door for text messages. What they refuse is told to the patient.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.services.actors import system_user
from common.errors import Busy, Refusal
from interactions.models import TaskKind, TaskPriority
from interactions.services import tasks
from messaging import labels
from messaging.models import Delivery
from messaging.services import planning
from messaging.services.planning import Planned
from reminders import facts
from reminders.models import Notice
from reminders.services import choosing, recalling, saying
from scheduling.errors import TooLate
from scheduling.models import Appointment, Slot, WaitlistOffer
from scheduling.services import appointments, barring, substitutes, telling, waitlist
from scheduling.services.origin import Origin

CHOOSE_FOR = dt.timedelta(hours=24)


@dataclass(frozen=True)
class Done:
    """What became of it: a code of LABELS."""

    code: str


LABELS = {
    "confirmed": _("Confirmed"),
    "cancelled": _("Cancelled"),
    "places": _("Asked for another time"),
    "moved": _("Moved to another time"),
    "booked": _("Booked another time"),
    "took_kept": _("Took the kept place"),
    "left_kept": _("Does not want the kept place"),
    "accepted": _("Took the free place"),
    "declined": _("Does not want the free place"),
    "no_need": _("Needs no other time"),
    "staff": _("Handed to staff"),
    "refused": _("A rule did not allow it"),
    "question": _("Answered from the text on preparation"),
    "rated": _("Rated the visit"),
    "reason": _("Gave a reason"),
    "call_me": _("Wants to be called"),
}
for code, label in LABELS.items():
    labels.name_answer(code, label)


@dataclass(frozen=True)
class Answer:
    """An answer to a message, at this moment (aware) and through this door.

    version: of the booking as the person knows it, so that nobody cancels a time that they have not seen.
    """

    delivery: Delivery
    origin: Origin
    at: dt.datetime
    version: int


Act = Callable[[Answer], Done]


def act(delivery: Delivery, code: str, at: dt.datetime) -> Done | None:
    """Do what `code` means as an answer to this message; None when it means nothing there. Refusals are told."""
    if (delivery.kind, code) not in _ACTS:
        return None
    try:
        done = do(Answer(delivery, choosing.origin(), at, delivery.about_version), code)
    except TooLate as refusal:
        saying.refused(delivery, refusal, key=f"{delivery.pk}:late", at=at)
        return tell_staff_too_late(delivery, at)
    except Busy:
        raise  # nothing was done: the same answer is dealt with again
    except Refusal as refusal:
        saying.refused(delivery, refusal, key=f"{delivery.pk}:{code}:{refusal.code}", at=at)
        return Done("refused")
    if done.code == "confirmed":
        _thank(delivery, at)
    return done


def do(answer: Answer, code: str) -> Done:
    """The act itself, which says nothing to the patient. Raises KeyError for a code that means nothing there, and the
    refusals of the pool."""
    return _ACTS[(answer.delivery.kind, code)](answer)


def choose(delivery: Delivery, number: int, at: dt.datetime) -> Done | None:
    """Take the place with this number of those that the message named; if it has gone, others are named."""
    slots = choosing.slots_of(delivery)
    if number not in slots:
        return None
    answer = Answer(delivery, choosing.origin(), at, delivery.about_version)
    try:
        return take(answer, slots[number], is_anew=bool(delivery.context.get("anew")))
    except Busy:
        raise
    except Refusal as refusal:
        saying.refused(delivery, refusal, key=f"{delivery.pk}:{number}:{refusal.code}", at=at)
        _name_places(answer, again=f":{number}")
        return Done("refused")


def take(answer: Answer, slot: Slot, *, is_anew: bool) -> Done:
    """Move the booking to `slot`, or book anew there for who missed it. Raises what `book` and `move` raise."""
    lost = booking_of(answer.delivery)
    if is_anew:
        appointments.book(patient=lost.patient, slot=slot, origin=answer.origin, reason=lost.reason, at=answer.at)
        return Done("booked")
    appointments.move(appointment=lost, slot=slot, origin=answer.origin, version=answer.version, at=answer.at)
    return Done("moved")


def booking_of(delivery: Delivery) -> Appointment:
    """The booking that the message is about."""
    return Appointment.objects.for_desk().get(pk=delivery.about_id)


def _confirm(answer: Answer) -> Done:
    booking = booking_of(answer.delivery)
    appointments.confirm(appointment=booking, origin=answer.origin, version=answer.version, at=answer.at)
    return Done("confirmed")


def _thank(delivery: Delivery, at: dt.datetime) -> None:
    known = facts.of_visit(booking_of(delivery), delivery.patient.language)
    saying.reply(delivery, _("Thank you. See you on %(when)s, %(place)s."), key=f"{delivery.pk}:thanks", at=at, **known)


def _cancel(answer: Answer) -> Done:
    """The notice of the cancellation is the answer."""
    booking = booking_of(answer.delivery)
    appointments.cancel(appointment=booking, origin=answer.origin, version=answer.version, at=answer.at)
    return Done("cancelled")


def _move(answer: Answer) -> Done:
    appointments.require_in_time(booking_of(answer.delivery), answer.origin, answer.at)
    return _name_places(answer)


def _again(answer: Answer) -> Done:
    """Whoever may not book by themselves hears so at once, and not after choosing."""
    lost = booking_of(answer.delivery)
    barring.check(lost.patient, lost.slot.service, answer.origin, answer.at)
    return _name_places(answer, is_anew=True)


def _name_places(answer: Answer, *, is_anew: bool | None = None, again: str = "") -> Done:
    """Three places to choose from, by message; without any, a person looks."""
    delivery, at = answer.delivery, answer.at
    booking = booking_of(delivery)
    slots, media = choosing.near(booking, at), Notice.media_for("places")
    anew = bool(delivery.context.get("anew")) if is_anew is None else is_anew
    if not slots or not media:
        return ask_staff(delivery, "wants_to_move", at)
    planning.say(
        Planned(
            key=f"places:{delivery.pk}{again}", patient=booking.patient_id, kind="places", media=media, due_at=at,
            expires_at=at + CHOOSE_FOR, about=(delivery.about_kind, booking.pk, booking.version),
            context=choosing.as_context(slots) | {"anew": anew},
        ),
        at,
    )  # fmt: skip
    return Done("places")


def tell_staff_too_late(delivery: Delivery, at: dt.datetime) -> Done:
    """Staff know, because an empty place may still be filled; the patient is told to call."""
    return ask_staff(delivery, "too_late_to_change", at)


def ask_staff(delivery: Delivery, why: str, at: dt.datetime) -> Done:
    """A person of the house sees to it; once for each reason and version of the booking."""
    booking = booking_of(delivery)
    tasks.open(
        key=f"{why}:{booking.pk}:{booking.version}", kind=TaskKind.READ_ANSWER, patient=booking.patient, why=why,
        why_values={"when": booking.starts_at.isoformat()}, department=booking.slot.service.department,
        about_kind="appointment", about_id=booking.pk, priority=TaskPriority.URGENT, due_at=at, by=system_user(), at=at,
    )  # fmt: skip
    return Done("staff")


def _take_kept(answer: Answer) -> Done:
    substitutes.take(lost=booking_of(answer.delivery), origin=answer.origin, at=answer.at)
    return Done("took_kept")


def _leave_kept(answer: Answer) -> Done:
    telling.tell(appointment=booking_of(answer.delivery), origin=answer.origin, at=answer.at)
    return Done("left_kept")


def _accept_offer(answer: Answer) -> Done:
    waitlist.accept(offer=_offer(answer), origin=answer.origin, at=answer.at)
    return Done("accepted")


def _decline_offer(answer: Answer) -> Done:
    waitlist.decline(offer=_offer(answer), origin=answer.origin, at=answer.at)
    return Done("declined")


def _offer(answer: Answer) -> WaitlistOffer:
    return WaitlistOffer.objects.select_related("entry").get(pk=answer.delivery.about_id)


def _call_me(answer: Answer) -> Done:
    recalling.have_called(answer.delivery, answer.at)
    return Done("call_me")


def _no_need(answer: Answer) -> Done:
    return Done("no_need")


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
    ("recall", "yes"): _call_me,
    ("recall", "no"): _no_need,
}


def possible(delivery: Delivery) -> list[str]:
    """The codes that mean something as an answer to this message, for a page that shows them as buttons."""
    return [code for kind, code in _ACTS if kind == delivery.kind]
