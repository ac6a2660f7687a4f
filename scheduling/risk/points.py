"""The published point score: what is told before a hospital has outcomes of its own. Pure numpy.

The table is printed in docs/risk.md so that anybody can work a score out by hand. Its points are rounded from what
studies of absences agree on (long lead times, young adults, earlier absences) and from a public set of visits; nothing
is fitted. A point is a percent.
"""

import numpy as np

from .features import GROUPS, NAMES

BASE = 4
LEAD = ((0, 0), (1, 14), (2, 16), (4, 19), (8, 23), (15, 26), (30, 27))  # from that many days on
AGE = ((0, 1), (13, 6), (20, 5), (35, 2), (50, 0), (65, -3))  # from that age on, for who waits a day or more
MISSED_LAST, CAME_LAST = 9, -2  # the last known visit
MISSED_EACH, MISSED_MOST = 4, 12  # every earlier absence, and no more than that for all of them
SEVERAL = -4  # several bookings were asked for together
LEAST, MOST = 1, 90
TYPICAL = {"lead": 14.0, "history": 0.0, "age": 2.0, "several": -1.0}  # what most people have: reasons are told from it


def explain(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The score as log-odds, and the points of each group (columns as features.GROUPS)."""
    points = np.zeros((len(features), len(GROUPS)), np.float32)
    for column, values in _points({name: features[:, place] for place, name in enumerate(NAMES)}).items():
        points[:, list(GROUPS).index(column)] = values
    risk = np.clip(BASE + points.sum(axis=1), LEAST, MOST).astype(np.float64) / 100
    return np.log(risk / (1 - risk)), points


def usual() -> list[float]:
    """What most people have, by group."""
    return [TYPICAL.get(group, 0.0) for group in GROUPS]


def _points(of: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    waits = of["lead"] > 0
    last = np.select([of["last"] == 1, of["last"] == 0], [MISSED_LAST, CAME_LAST], 0)
    return {
        "lead": _step(of["lead"], LEAD),
        "age": np.where(waits & (of["age"] >= 0), _step(of["age"], AGE), 0),
        "history": np.where(waits, last + np.minimum(of["missed"] * MISSED_EACH, MISSED_MOST), 0),
        "several": np.where(waits & (of["batch"] > 0), SEVERAL, 0),
    }


def _step(values: np.ndarray, table: tuple[tuple[int, int], ...]) -> np.ndarray:
    starts, points = zip(*table, strict=True)
    return np.array(points)[np.maximum(np.searchsorted(starts, values, "right") - 1, 0)]
