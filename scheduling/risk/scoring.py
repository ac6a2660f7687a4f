"""Scores of the bookings ahead, the nightly level with its look back, and the measuring of a model on later days."""

import datetime as dt
from collections.abc import Iterator

import numpy as np
from django.db import transaction

from common import clock
from common.bulk import insert_rows
from scheduling.models import AppointmentStatus, NoShowScore, RiskCheck, RiskModel
from scheduling.models.risk import RiskKind
from scheduling.risk.errors import AlreadyLearnt, DaysInDisorder, NoRiskModel, NothingKnown

from . import cards, features, measures, reading
from .calibration import refit_level
from .explaining import reasons_of
from .model import Model, Scores, point_score
from .table import Table, number_of

DAYS_AHEAD = 8  # bookings of today and of as many days after it are scored
ENOUGH_FOR_AUC = 200  # visits of the look back
AT_ONCE = 20_000  # scores explained together


def score(*, days: int = DAYS_AHEAD, at: dt.datetime | None = None) -> int:
    """Set the level, look back on the last days, and score what is booked for today and the next `days` days.

    Returns how many bookings were scored. May run again at any time: the latest scores stand. Without a model yet, the
    published point score is the first.
    """
    at = at or clock.now()
    today = clock.today(at)
    stored = RiskModel.objects.current() or _first(at)
    table = reading.read(today, today + dt.timedelta(days=days), at)
    matrix, model = features.build(table), Model.from_json(stored.parameters)
    level = _check(stored, model, table, matrix, today)
    ahead = np.flatnonzero((table.rows["open"] == 1) & (table.day >= number_of(today)))
    scored, pks = _scored(model, table, matrix, ahead), table.rows["pk"][ahead]
    _store(
        stored, pks, table.rows["starts"][ahead],
        _rows(stored, pks, scored.risk(level), scored.shares, matrix[ahead], at),
    )  # fmt: skip
    return len(ahead)


def evaluate(*, first: dt.date, last: dt.date, version: int | None = None) -> dict:
    """How good a model's risks are for the visits of these days (the hospital's, both count); default: the newest.

    Each is scored as of its own score moment, with the level that the nights before would have set.
    Raises DaysInDisorder, NoRiskModel, AlreadyLearnt, NothingKnown.
    """
    if last < first:
        raise DaysInDisorder
    stored = _wanted(version)
    if stored.until and first <= stored.until:
        raise AlreadyLearnt(until=stored.until)
    table = reading.read(first, last)
    asked = np.flatnonzero(table.is_known & (table.day >= number_of(first)))
    if not len(asked):
        raise NothingKnown
    about = {"version": stored.version, "kind": stored.kind, "until": stored.until and stored.until.isoformat()}
    found = cards.card(Model.from_json(stored.parameters), table, features.build(table), asked)
    return {"model": about, "from": first.isoformat(), "to": last.isoformat(), **found}


def _wanted(version: int | None) -> RiskModel:
    stored = RiskModel.objects.filter(version=version).first() if version else RiskModel.objects.current()
    if stored is None:
        raise NoRiskModel
    return stored


def _first(at: dt.datetime) -> RiskModel:
    facts = {"kind": RiskKind.POINTS, "trained_at": at, "visits": 0, "card": {}}
    facts["parameters"] = point_score().as_json()
    return RiskModel.objects.get_or_create(version=1, defaults=facts)[0]


def _scored(model: Model, table: Table, matrix: np.ndarray, rows: np.ndarray) -> Scores:
    return model.score(matrix[rows], table.rows["service"][rows])


def _check(stored: RiskModel, model: Model, table: Table, matrix: np.ndarray, today: dt.date) -> float:
    """The level of this night, kept with what the last days say of the model. A second run of the night replaces it."""
    rows = cards.level_rows(table, number_of(today))
    scored, missed = _scored(model, table, matrix, rows), table.missed[rows]
    level = refit_level(scored.logit, missed)
    before = stored.checks.filter(day__lt=today).order_by("-day").values_list("level", flat=True).first()
    seen = table.day[rows] > number_of(stored.until) if stored.until else np.ones(len(rows), bool)
    found = _look_back(missed[seen], scored.risk(before or 0.0)[seen])
    RiskCheck.objects.update_or_create(
        model=stored, day=today, defaults={"level": level, "known": len(rows), "seen": int(seen.sum()), **found}
    )
    return level


def _look_back(missed: np.ndarray, risk: np.ndarray) -> dict:
    found = measures.measure(missed, risk)
    auc = found.auc if found.count >= ENOUGH_FOR_AUC else None
    return {"predicted": found.predicted, "happened": found.rate, "auc": auc}


@transaction.atomic
def _store(stored: RiskModel, pks: np.ndarray, starts: np.ndarray, rows: Iterator[tuple]) -> None:
    """Replace the scores of these bookings. Two runs at once wait for each other at the model's row.

    Who was absent or arrived meanwhile keeps the score of the night before.
    """
    RiskModel.objects.select_for_update(no_key=True).get(pk=stored.pk)
    if not len(pks):
        return
    first, last = (dt.datetime.fromtimestamp(int(moment), dt.UTC) for moment in (starts.min(), starts.max() + 1))
    old = NoShowScore.objects.filter(appointment__starts_at__gte=first, appointment__starts_at__lt=last)
    old.filter(appointment__status=AppointmentStatus.BOOKED).delete()
    kept = set(old.values_list("appointment_id", flat=True))
    names = ("appointment", "model", "probability", "moment", "reasons")
    insert_rows(NoShowScore, names, (row for row in rows if row[0] not in kept))


def _rows(
    stored: RiskModel, pks: np.ndarray, risk: np.ndarray, shares: np.ndarray, matrix: np.ndarray, at: dt.datetime
) -> Iterator[tuple]:
    """What the table of scores gets, made as it is written."""
    for start in range(0, len(pks), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        risks = np.round(risk[some], 4).tolist()
        reasons = reasons_of(matrix[some], shares[some])
        for pk, probability, why in zip(pks[some].tolist(), risks, reasons, strict=True):
            yield pk, stored.pk, probability, at, why
