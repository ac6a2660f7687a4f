"""Answering an answer, in the patient's language."""

import datetime as dt
from typing import Any

from django.utils import translation

from common.errors import Refusal
from messaging.models import Delivery
from messaging.services import planning
from messaging.services.planning import Planned
from reminders.models import Notice

VALID_FOR = dt.timedelta(hours=12)


def reply(to: Delivery, sentence: Any, *, key: str, at: dt.datetime, **values: Any) -> None:
    """Say `sentence` (a lazy text, may use %(name)s) to the patient, once per `key`."""
    media = Notice.media_for("reply")
    if not media:
        return
    with translation.override(to.patient.language):
        text = str(sentence) % values if values else str(sentence)
    planning.say(
        Planned(
            key=f"reply:{key}", patient=to.patient_id, kind="reply", media=_same_first(to, media), due_at=at,
            expires_at=at + VALID_FOR, about=(to.about_kind, to.about_id, to.about_version), context={"text": text},
        ),
        at,
    )  # fmt: skip


def refused(to: Delivery, refusal: Refusal, *, key: str, at: dt.datetime) -> None:
    """Say why it could not be done."""
    with translation.override(to.patient.language):
        text = str(refusal)
    reply(to, text, key=key, at=at)


def _same_first(to: Delivery, media: list[str]) -> list[str]:
    """By the way on which the person answered; a call is answered in writing."""
    return [to.medium, *(one for one in media if one != to.medium)] if to.medium in media else media
