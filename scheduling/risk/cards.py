"""How good risks were on visits that the model had not learnt from: what evaluation prints and the model card keeps."""

import numpy as np

from . import measures
from .calibration import refit_level
from .features import lead_rates
from .groups import AGES
from .model import Model, Scores, point_score
from .table import SEXES, Table

LEVEL_DAYS = 7  # known days that the nightly level looks back on

SMALLEST = 30  # visits; smaller groups are not told, chance speaks louder there


def card(model: Model, table: Table, features: np.ndarray, asked: np.ndarray) -> dict:
    """Everything about the visits of `asked` (rows with an outcome), with the level as each night would have set it."""
    missed, services = table.missed, table.rows["service"]
    scored = model.score(features, services)
    risk = scored.risk(nightly_levels(table, scored, asked))
    waits = asked[table.lead[asked] > 0]
    return {
        **_both(missed, risk, asked, waits),
        "without_nightly_level": _both(missed, scored.risk(), asked, waits),
        "lead_table": _both(missed, lead_rates(table), asked, waits),
        "points": _both(missed, point_score().score(features, services).risk(), asked, waits),
        "calibration": measures.deciles(missed[asked], risk[asked]),
        "lifts": measures.lifts(missed[waits], risk[waits]) if len(waits) else [],
        "departments": _groups(table.rows["department"][asked], missed[asked], risk[asked]),
        "sexes": _groups(np.array(SEXES)[table.rows["sex"][asked]], missed[asked], risk[asked]),
        "ages": _groups(_age_groups(table)[asked], missed[asked], risk[asked]),
    }


def level_rows(table: Table, before: int) -> np.ndarray:
    """Visits of the last seven days before a day (a number) that have outcomes."""
    known = np.flatnonzero(table.is_known & (table.day < before))
    days = np.unique(table.day[known])[-LEVEL_DAYS:]
    return known[table.day[known] >= days[0]] if len(days) else known


def nightly_levels(table: Table, scored: Scores, asked: np.ndarray) -> np.ndarray:
    """For each row the level set in the night before its score moment; 0 for rows that are not asked about."""
    levels = np.zeros(len(table))
    missed = table.missed
    for day in np.unique(table.day[asked]):
        rows = level_rows(table, day - 1)
        levels[table.day == day] = refit_level(scored.logit[rows], missed[rows])
    return levels


def _both(missed: np.ndarray, risk: np.ndarray, asked: np.ndarray, waits: np.ndarray) -> dict:
    return {
        "all": measures.measure(missed[asked], risk[asked]).as_json(),
        "lead_at_least_1": measures.measure(missed[waits], risk[waits]).as_json(),
    }


def _groups(keys: np.ndarray, missed: np.ndarray, risk: np.ndarray) -> list[dict]:
    found = []
    for key in np.unique(keys):
        rows = keys == key
        if rows.sum() >= SMALLEST:
            found.append({"key": key.item(), **measures.measure(missed[rows], risk[rows]).as_json()})
    return found


def _age_groups(table: Table) -> np.ndarray:
    """The place in AGES; -1 where the age is not known."""
    return np.where(table.age < 0, -1, np.digitize(table.age, [low for low, _high in AGES]) - 1)
