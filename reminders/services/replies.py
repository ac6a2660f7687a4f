"""Reading what patients send back. What is not certain is never acted on: it goes to a person."""

import datetime as dt

from django.utils import translation

from common import clock
from messaging import kinds
from messaging.models import Delivery, InboundMessage
from messaging.replying import Understood, reader
from reminders import facts, meaning
from reminders.models import Score
from reminders.services import answers, ratings, saying
from scheduling.models import Appointment

PROMPT = dt.timedelta(minutes=10)


@reader
def understand(inbound: InboundMessage) -> Understood | None:
    """What it does, if it is an answer to a message of ours."""
    if inbound.answers is None:
        return None
    delivery, at = inbound.answers.delivery, _moment(inbound)
    with translation.override(delivery.patient.language):  # what is refused is told to the patient
        done = _act(inbound, delivery, at)
    if done is not None:
        return Understood(done.code)
    return _answer_question(inbound, delivery)


def _moment(inbound: InboundMessage) -> dt.datetime:
    """When the person wrote it: so that a slow worker costs nobody their deadline. After an outage it counts as written
    now, because facts with an old date would be told to nobody."""
    now = clock.now()
    return inbound.at if now - inbound.at < PROMPT else now


def _act(inbound: InboundMessage, delivery: Delivery, at: dt.datetime) -> answers.Done | None:
    if delivery.kind == "places":
        number = meaning.number(inbound.text, len(delivery.context.get("slots", [])))
        return answers.choose(delivery, number, at) if number else None
    if delivery.kind in ("rating", "rating_why"):
        return _rate(inbound, delivery)
    kind = kinds.get(delivery.kind)
    offered = {choice.digit: choice.code for choice in kind.choices} if kind else {}
    code = meaning.choice(inbound.text, offered)
    return answers.act(delivery, code, at) if code else None


def _rate(inbound: InboundMessage, delivery: Delivery) -> answers.Done | None:
    """A number from 1 to 5, and afterwards whatever words they choose: kept with the rating, and read by a person."""
    if delivery.kind == "rating_why":
        ratings.explain(delivery, inbound.text, inbound.at)
        return None
    score = meaning.number(inbound.text, max(Score.values))
    if not score:
        return None
    ratings.rate(delivery, score, inbound.at)
    return answers.Done("rated")


def _answer_question(inbound: InboundMessage, delivery: Delivery) -> Understood | None:
    """From the service's own text; a question that it does not answer is for a person."""
    about = meaning.question(inbound.text)
    booking = Appointment.objects.for_desk().filter(pk=delivery.about_id).first()
    if not about or booking is None or delivery.about_kind != "appointment":
        return None
    known = facts.of_visit(booking, delivery.patient.language)
    said = known[about].strip()
    if not said:
        return None
    saying.reply(delivery, said, key=f"inbound:{inbound.pk}", at=inbound.at)
    return Understood("question")
