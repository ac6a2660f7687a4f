"""Reading what patients send back. What is not certain is never acted on: it goes to a person."""

from messaging import kinds
from messaging.models import Delivery, InboundMessage
from messaging.replying import Understood, reader
from reminders import facts, meaning
from reminders.services import answers, saying
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
    kind = kinds.get(delivery.kind)
    offered = {choice.digit: choice.code for choice in kind.choices} if kind else {}
    code = meaning.choice(inbound.text, offered)
    return answers.act(delivery, code, inbound.at) if code else None


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
