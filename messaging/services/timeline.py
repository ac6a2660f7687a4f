"""What was said to a patient and what they said, the latest first, for any page that shows a patient."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from common import clock
from messaging.labels import label_of
from messaging.models import Delivery, InboundMessage, Medium, Message
from messaging.wording import ICONS, answer_label, why
from patients.models import Patient


@dataclass(frozen=True)
class Said:
    """One thing that was said. is_theirs: by the patient. words: "" when nothing was written yet.

    row: the delivery or the received message. reason: why it is in that state; answer: what the person answered.
    """

    at: dt.datetime
    is_theirs: bool
    medium: str
    what: str
    state: str
    tone: str
    words: str
    row: Any
    reason: str = ""
    answer: str = ""

    @property
    def icon(self) -> str:
        """The name of the symbol of its medium."""
        return ICONS[Medium(self.medium)]

    @property
    def medium_label(self) -> str:
        return str(Medium(self.medium).label)


def of_patient(patient: Patient, limit: int = 5, *, at: dt.datetime | None = None) -> list[Said]:
    """The last `limit` whose time has come. Three statements, whatever the number of messages.

    The caller asks whether the reader may see deliveries, received messages and their words.
    """
    at = at or clock.now()
    deliveries = Delivery.objects.filter(patient=patient, due_at__lte=at).order_by("-due_at", "-pk")
    tries = Prefetch("messages", Message.objects.order_by("at", "pk"))
    heard = InboundMessage.objects.filter(patient=patient).order_by("-at", "-pk")
    rows = [*map(_ours, deliveries.prefetch_related(tries)[:limit]), *map(_theirs, heard[:limit])]
    return sorted(rows, key=lambda one: one.at, reverse=True)[:limit]


def _ours(delivery: Delivery) -> Said:
    last = next((one for one in reversed(delivery.messages.all()) if one.medium == delivery.medium), None)
    return Said(
        at=delivery.sent_at or delivery.due_at,
        is_theirs=False,
        medium=delivery.medium or delivery.media_in_order[0],
        what=label_of(delivery.kind),
        state=delivery.get_state_display(),
        tone=delivery.tone,
        words=last.text if last else "",
        row=delivery,
        reason=why(delivery.reason, delivery.kind) if delivery.reason else "",
        answer=answer_label(delivery) if delivery.answer else "",
    )


def _theirs(inbound: InboundMessage) -> Said:
    return Said(
        at=inbound.at, is_theirs=True, medium=inbound.medium, what="", state=inbound.get_state_display(),
        tone=inbound.tone, words=inbound.text, row=inbound,
    )  # fmt: skip
