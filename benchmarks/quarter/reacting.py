"""SIMULATION: what people do with what they are told by message."""

import datetime as dt

from benchmarks.quarter.counting import MESSAGES
from benchmarks.quarter.odds import CANCELS_INSTEAD, CANCELS_TOO, CONFIRMS, TAKES_OFFER, WANTS_AGAIN, Person
from benchmarks.quarter.town import Town, visit
from messaging.channels.base import Reply
from messaging.models import DeliveryState, Message
from messaging.services import receiving
from scheduling.models import Appointment, WaitlistOffer

COMES, CANCELS, FIRST, NO = "1", "2", "1", "2"  # what people send back


class Reacting:
    """People who read and answer. answers: may they answer reminders?"""

    def __init__(self, town: Town, *, answers: bool) -> None:
        self._town, self._may_answer, self._read = town, answers, 0

    def hear(self, at: dt.datetime) -> int:
        """People read what has come; returns how many answered."""
        new = Message.objects.filter(pk__gt=self._read, delivery__state=DeliveryState.DELIVERED)
        rows = list(new.select_related("delivery", "channel").order_by("pk"))
        self._read = rows[-1].pk if rows else self._read
        self._town.count(MESSAGES, at, len(rows))
        return sum(self._react(message, at) for message in rows)

    def _react(self, message: Message, at: dt.datetime) -> bool:
        text = self._answer(message)
        if text:
            reply = Reply(f"answer-{message.pk}", message.address, text, message.medium, message.uuid)
            receiving.take(reply, message.channel, at)
        return bool(text)

    def _answer(self, message: Message) -> str:
        said, person = message.delivery, self._town.person(message.delivery.patient_id)
        if said.kind == "reminder":
            return self._of_reminder(Appointment.objects.get(pk=said.about_id), person)
        if said.kind == "offer":
            place = WaitlistOffer.objects.select_related("appointment").get(pk=said.about_id).appointment.starts_at
            return FIRST if person.does("offer", place.isoformat(), TAKES_OFFER) else NO
        if said.kind == "missed":
            which = visit(Appointment.objects.get(pk=said.about_id))
            return FIRST if person.does("again", which, WANTS_AGAIN) else ""
        return FIRST if said.kind == "places" else ""

    def _of_reminder(self, one: Appointment, person: Person) -> str:
        """Nothing is said by who would miss it and does not cancel."""
        self._town.reminded[(one.pk, one.version)] += 1
        if not self._may_answer:
            return ""
        misses, which = self._town.would_miss(one), visit(one)
        if person.does("cancel", which, CANCELS_INSTEAD if misses else CANCELS_TOO):
            return CANCELS
        return COMES if not misses and person.does("confirm", which, CONFIRMS) else ""
