"""A ladder as a line of time: what comes when for one visit, by what, and in which words."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language

from common import shown
from messaging import lint
from messaging.kinds import Facts
from messaging.services import looks
from messaging.services.looks import ICONS, Look
from patients.models import Language
from reminders.kinds.visits import REMINDER
from reminders.models import Act, Step
from reminders.services import ladders
from reminders.services.riskiest import Ranking

from . import shares

CANCEL_BEFORE = dt.timedelta(hours=4)  # in the example only; each site has its own


@dataclass(frozen=True)
class Rung:
    """One step on the line. looks: its words by each channel. today: what its share means, if it has one."""

    step: Step
    due_at: dt.datetime
    looks: list[Look]
    today: str

    @property
    def icons(self) -> list[str]:
        """Material symbols, the first choice first."""
        return ["support_agent"] if self.step.act == Act.CALL else [ICONS[one] for one in self.step.media.split()]


def draw(steps: Iterable[Step], starts_at: dt.datetime, ranking: Ranking) -> list[Rung]:
    """In order of time, with the words in use in the reader's language. ranking: of the visits that they are for."""
    language = Language.CHINESE if (get_language() or "").startswith("zh") else Language.ENGLISH
    facts = _facts(language, starts_at)
    found = ladders.timeline(steps, starts_at)
    media = {medium for step, _due in found for medium in step.media.split()}
    by_medium = {look.medium: look for look in looks.in_use(REMINDER, language, sorted(media), facts)}
    return [
        Rung(
            step,
            due,
            [by_medium[one] for one in step.media.split() if one in by_medium],
            shares.today(step, ranking.cut(step)),
        )
        for step, due in found
    ]


def _facts(language: str, starts_at: dt.datetime) -> Facts:
    moments = {"when": shown.moment(starts_at), "deadline": shown.moment(starts_at - CANCEL_BEFORE)}
    return lint.example_of(REMINDER, language) | moments
