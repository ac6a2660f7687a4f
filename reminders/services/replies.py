"""Reading what patients send back. What is not certain is never acted on: it goes to a person."""

from django.utils.translation import gettext_lazy as _

from messaging import kinds
from messaging.models import Delivery, InboundMessage
from messaging.replying import Understood, reader
from reminders import facts, meaning
from reminders.models import Score
from reminders.services import answers, ratings, saying
from scheduling.models import Appointment


@reader
def understand(inbound: InboundMessage) -> Understood | None:
    """What it does, if it is an answer to a message of ours."""
    if inbound.answers is None:
        return None
    delivery = inbound.answers.delivery
    done = _act(inbound, delivery)
    if done is not None:
        return Understood(done.code, str(done.words))
    return _answer_question(inbound, delivery)


def _act(inbound: InboundMessage, delivery: Delivery) -> answers.Done | None:
    if delivery.kind == "places":
        number = meaning.number(inbound.text, len(delivery.context.get("slots", [])))
        return answers.choose(delivery, number, inbound.at) if number else None
    if delivery.kind in ("rating", "rating_why"):
        return _rate(inbound, delivery)
    kind = kinds.get(delivery.kind)
    offered = {choice.digit: choice.code for choice in kind.choices} if kind else {}
    code = meaning.choice(inbound.text, offered)
    return answers.act(delivery, code, inbound.at) if code else None


def _rate(inbound: InboundMessage, delivery: Delivery) -> answers.Done | None:
    """A number from 1 to 5, and afterwards whatever words they choose."""
    if delivery.kind == "rating_why":
        kept = ratings.explain(delivery, inbound.text, inbound.at)
        return answers.Done("reason", _("Gave a reason")) if kept else None
    score = meaning.number(inbound.text, max(Score.values))
    return answers.Done("rated", ratings.rate(delivery, score, inbound.at).get_score_display()) if score else None


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
    return Understood("question", said)
