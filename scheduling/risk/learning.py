"""Learning from the visits that are known, and keeping what was learnt with its card. Needs scikit-learn."""

import datetime as dt

import numpy as np
from django.db import transaction
from django.db.models import Max

from common import clock
from scheduling.models import RiskModel
from scheduling.risk.errors import DayAhead, NothingKnown

from . import cards, features, reading, training
from .model import POINTS, Model, point_score
from .table import Table

ENOUGH = 1_000  # known outcomes; until then nothing that can be learnt is better than the point score
MOST = 100_000  # the newest visits, so that a night's work stays a night's work
HELD_SHARE = 0.2  # at most that part of the visits is held back to measure and calibrate


def train(*, until: dt.date, at: dt.datetime | None = None) -> RiskModel:
    """Learn from visits of days up to `until` (the hospital's) and keep the model; it is the current one from now on.

    The last days are held back first: on them the card is measured and the slope found. Then all days are learnt from.
    Raises DayAhead, NothingKnown.
    """
    if until >= clock.today(at):
        raise DayAhead(day=until)
    table = reading.read(until, until)
    rows = _newest(table)
    if not len(rows):
        raise NothingKnown
    matrix = features.build(table)
    held = rows[table.day[rows] >= _first_held(table.day[rows])]
    model, before = _learn(table, matrix, rows, held)
    card = cards.card(before, table, matrix, held if model.kind != POINTS else rows)
    return keep(model, until=until, visits=len(rows), card=card, at=at)


@transaction.atomic
def keep(model: Model, *, until: dt.date | None, visits: int, card: dict, at: dt.datetime | None) -> RiskModel:
    """Store it as the next version."""
    last = RiskModel.objects.aggregate(last=Max("version"))["last"] or 0
    return RiskModel.objects.create(
        version=last + 1, kind=model.kind, trained_at=at or clock.now(), until=until, visits=visits,
        parameters=model.as_json(), card=card,
    )  # fmt: skip


def _newest(table: Table) -> np.ndarray:
    """Visits with an outcome, the latest MOST, by day."""
    known = np.flatnonzero(table.is_known)
    return known[np.argsort(table.day[known], kind="stable")][-MOST:]


def _first_held(days: np.ndarray) -> int:
    """The first of the last seven days, later if these were more than a fifth of all (`days` rise)."""
    week = np.unique(days)[-cards.LEVEL_DAYS :][0]
    fifth = days[min(len(days) - 1, int(len(days) * (1 - HELD_SHARE)))]
    return max(int(week), int(fifth))


def _learn(table: Table, matrix: np.ndarray, rows: np.ndarray, held: np.ndarray) -> tuple[Model, Model]:
    """The model of all rows, and the one that has not seen `held`. Twice the point score where too little is known."""
    missed, services = table.missed, table.rows["service"]
    early = rows[: len(rows) - len(held)]
    if len(rows) < ENOUGH or len(np.unique(missed[early])) < 2:
        return point_score(), point_score()
    before = training.fit(matrix[early], services[early], missed[early])
    model = training.fit(matrix[rows], services[rows], missed[rows])
    training.calibrate(model, before, matrix[held], services[held], missed[held])
    return model, before
