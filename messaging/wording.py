"""How staff read what rows keep as codes: kinds of message, reasons, answers; addresses with their middle hidden."""

from common import masking
from messaging import kinds
from messaging.channels import TRANSPORTS
from messaging.labels import answer_words
from messaging.models import Delivery, Medium, Reason
from messaging.models.channel import REACHED_AT
from patients.models import ContactSystem
from patients.models.contact_point import MASKS

ICONS = {
    Medium.SMS: "sms",
    Medium.VOICE: "call",
    Medium.WECHAT: "chat",
    Medium.EMAIL: "mail",
    Medium.PUSH: "notifications",
}


def why(reason: str, kind: str) -> str:
    """A reason in words: ours, else the kind's own, else its code."""
    if reason in Reason.values:
        return str(Reason(reason).label)
    known = kinds.get(kind)
    return str(known.reasons.get(reason, reason)) if known else reason


def answer_label(delivery: Delivery) -> str:
    """`1: confirm`; an answer that the kind does not offer by its words."""
    kind = kinds.get(delivery.kind)
    chosen = next((one for one in kind.choices if one.code == delivery.answer), None) if kind else None
    return f"{chosen.digit}: {chosen.label}" if chosen else answer_words(delivery.answer)


def mask(medium: str, address: str) -> str:
    """Enough of an address to recognise it. A sender that is no number, such as a word, is kept to its first sign."""
    system = REACHED_AT[Medium(medium)]
    if system == ContactSystem.PHONE and not address.startswith("+"):
        return masking.mask_text(address)
    return MASKS[system](address)


def carrier_label(kind: str) -> str:
    """The carrier's name; its code when the program does not have it any more."""
    return str(TRANSPORTS[kind].label) if kind in TRANSPORTS else kind


def media_labels(delivery: Delivery) -> str:
    """`SMS, Voice call`: the channels in the order in which they are tried."""
    return ", ".join(str(Medium(medium).label) for medium in delivery.media_in_order)
