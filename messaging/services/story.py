"""What happened to a delivery, as sentences in their order."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext, pgettext

from common import shown
from messaging.models import Delivery, DeliveryState, Message, MessageState
from messaging.wording import answer_label, mask, why

# Translators: all of these begin a line of a time line, such as "Sent by SMS to 138****8000"
TRIED = {
    MessageState.SENDING: lambda: gettext("Being sent by %(medium)s to %(to)s"),
    MessageState.WAITING: lambda: gettext("Not taken yet by the carrier of %(medium)s, for %(to)s"),
    MessageState.ACCEPTED: lambda: gettext("Sent by %(medium)s to %(to)s"),
    MessageState.DELIVERED: lambda: gettext("Sent by %(medium)s to %(to)s"),
    MessageState.UNKNOWN: lambda: gettext("Perhaps sent by %(medium)s to %(to)s: the carrier gave no clear answer"),
    MessageState.FAILED: lambda: gettext("Not sent by %(medium)s to %(to)s"),
}


@dataclass(frozen=True)
class Step:
    """One thing that happened. details: what the carrier said, why it was."""

    at: dt.datetime
    words: str
    details: str = ""


def tell(delivery: Delivery) -> list[Step]:
    """The first thing first. Reads the delivery's messages, which may be prefetched."""
    tries = sorted(delivery.messages.all(), key=lambda one: (one.at, one.pk))
    steps = [_planned(delivery), *(_tried(one, delivery) for one in tries), *_afterwards(delivery)]
    return sorted(steps, key=lambda step: step.at)


def _planned(delivery: Delivery) -> Step:
    if delivery.again_of_id and delivery.by:
        return Step(delivery.created_at, gettext("Sent again by %(who)s") % {"who": delivery.by})
    due = shown.moment(delivery.due_at)
    note = delivery.context.get("note", "")  # of the floor that planned it: why then, and by that channel
    details = why(note, delivery.kind) if note else ""
    return Step(delivery.created_at, gettext("Planned for %(when)s") % {"when": due}, str(details))


def _tried(message: Message, delivery: Delivery) -> Step:
    said = {"medium": message.get_medium_display(), "to": mask(message.medium, message.address)}
    reason = why(message.reason, delivery.kind) if message.reason else ""
    return Step(
        message.at, TRIED[MessageState(message.state)]() % said, " · ".join(filter(None, [reason, message.error]))
    )


def _afterwards(delivery: Delivery) -> list[Step]:
    found = []
    if delivery.delivered_at:
        found.append(Step(delivery.delivered_at, pgettext("message", "Arrived")))
    if delivery.answered_at:
        said = {"answer": answer_label(delivery)}
        found.append(Step(delivery.answered_at, gettext("Answered %(answer)s") % said))
    if delivery.state in (
        DeliveryState.FAILED,
        DeliveryState.SUPPRESSED,
        DeliveryState.CANCELLED,
        DeliveryState.EXPIRED,
    ):
        found.append(Step(delivery.changed_at, delivery.get_state_display(), _why_it_ended(delivery)))
    return found


def _why_it_ended(delivery: Delivery) -> str:
    reason = why(delivery.reason, delivery.kind) if delivery.reason else ""
    by_hand = delivery.by if delivery.by and not delivery.again_of_id else ""
    return " · ".join(str(part) for part in (reason, by_hand) if part)
