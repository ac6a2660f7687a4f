"""Answering on the page behind a link: one at a time for each link, and the same said twice is said once."""

import datetime as dt
from collections.abc import Callable
from uuid import UUID

from accounts.models import Channel
from accounts.services.actors import system_user
from messaging.models import Delivery
from reminders.errors import AnswerOver
from reminders.models import AnswerLink
from reminders.services import answers, choosing, links, standings
from reminders.services.answers import Answer, Done
from reminders.services.standings import NEEDS_TIME, Standing
from scheduling.errors import SlotNotFound, TooLate
from scheduling.models import Slot
from scheduling.services import appointments, barring
from scheduling.services.once import once
from scheduling.services.origin import Origin

DONE_BY = {
    "confirm": ("confirmed",),
    "cancel": ("cancelled",),
    "yes": ("booked", "took_kept", "accepted"),
    "no": ("declined", "left_kept", "no_need"),
}


def door() -> Origin:
    """Who answers on a page acts through this door."""
    return Origin(system_user(), Channel.PORTAL)


def places(standing: Standing, at: dt.datetime) -> list[list[Slot]]:
    """What a reader may choose from, day by day. Raises AnswerOver, TooLate, PatientBarred."""
    _require_choice(standing, at)
    if standing.delivery.kind == "missed":
        barring.check(standing.visit.patient, standing.visit.slot.service, door(), at)
    return choosing.by_day(answers.booking_of(standing.delivery), at, door=door())


def place(standing: Standing, ref: UUID, at: dt.datetime) -> Slot:
    """A place of the same service. Raises AnswerOver, TooLate, SlotNotFound."""
    _require_choice(standing, at)
    service = answers.booking_of(standing.delivery).slot.service_id
    slots = Slot.objects.select_related("session__practitioner", "session__location", "service__department__site")
    found = slots.filter(uuid=ref, service=service).first()
    if found is None:
        raise SlotNotFound(field="slot")
    return found


def _require_choice(standing: Standing, at: dt.datetime) -> None:
    _require_time(standing, at)
    if not any(standings.leads_to_places(standing.delivery, code) for code in standing.answers):
        raise AnswerOver


def _require_time(standing: Standing, at: dt.datetime) -> None:
    if standing.is_late:
        appointments.require_in_time(standing.visit, door(), at)


def answer(link: AnswerLink, code: str, *, version: int, at: dt.datetime) -> None:
    """Do what a button says; version: of the visit that the page showed.

    Raises AnswerOver, TooLate, of which staff know then, and the refusals of the pool.
    """

    def work() -> None:
        standing = _now(link, at)
        if code not in standing.answers and standing.delivery.answer in DONE_BY.get(code, ()):
            return
        if code in NEEDS_TIME:
            _require_time(standing, at)
        if code not in standing.answers or standings.leads_to_places(standing.delivery, code):
            raise AnswerOver
        _mark(link, answers.do(Answer(standing.delivery, door(), at, version), code), at)

    _once(link, work, at)


def choose(link: AnswerLink, ref: UUID, *, version: int, at: dt.datetime) -> None:
    """Take a place. Raises as `answer`, and SlotNotFound."""

    def work() -> None:
        standing = _now(link, at)
        if standing.is_to_come and standing.visit.slot.uuid == ref:
            return
        slot, is_anew = place(standing, ref, at), standing.delivery.kind == "missed"
        _mark(link, answers.take(Answer(standing.delivery, door(), at, version), slot, is_anew=is_anew), at)

    _once(link, work, at)


def ask_to_be_called(link: AnswerLink, *, at: dt.datetime) -> None:
    """None of the places suits: a person of the house calls. Raises AnswerOver."""

    def work() -> None:
        standing = _now(link, at)
        _require_choice(standing, at)
        _mark(link, answers.ask_staff(standing.delivery, "wants_to_move", at), at)

    _once(link, work, at)


def _once(link: AnswerLink, work: Callable[[], None], at: dt.datetime) -> None:
    try:
        once(door(), work)
    except TooLate:
        answers.tell_staff_too_late(link.delivery, at)
        raise


def _now(link: AnswerLink, at: dt.datetime) -> Standing:
    """As it stands when nobody else answers by this link at the same moment. Raises LinkOver."""
    AnswerLink.objects.select_for_update().get(pk=link.pk)
    # Read after the lock, in a statement of its own: what is joined to a locked row is as old as the wait for it.
    return standings.of(Delivery.objects.select_related("patient").get(pk=link.delivery_id), at)


def _mark(link: AnswerLink, done: Done, at: dt.datetime) -> None:
    links.mark_used(link, done.code, at)
