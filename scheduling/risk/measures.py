"""How good probabilities were. Pure numpy; `missed` is 0 or 1, `risk` a probability."""

from dataclasses import asdict, dataclass

import numpy as np

BINS = 10
LIFTS = (10, 20, 30)  # percent of the bookings, the riskiest first


@dataclass(frozen=True)
class Measures:
    """count: visits. rate, predicted: share of absences as it was and as it was told. None where not defined."""

    count: int
    rate: float | None
    predicted: float | None
    auc: float | None
    average_precision: float | None
    brier: float | None
    calibration_error: float | None

    def as_json(self) -> dict:
        """Rounded to what can be meant."""
        return {name: round(value, 5) if isinstance(value, float) else value for name, value in asdict(self).items()}


def measure(missed: np.ndarray, risk: np.ndarray) -> Measures:
    """All of them. With absences only or none, ranking cannot be measured."""
    if not len(missed):
        return Measures(0, None, None, None, None, None, None)
    mixed = 0 < missed.sum() < len(missed)
    return Measures(
        count=len(missed),
        rate=float(missed.mean()),
        predicted=float(risk.mean()),
        auc=auc(missed, risk) if mixed else None,
        average_precision=average_precision(missed, risk) if mixed else None,
        brier=float(np.mean((risk - missed) ** 2)),
        calibration_error=calibration_error(missed, risk),
    )


def auc(missed: np.ndarray, risk: np.ndarray) -> float:
    """The chance that somebody who stayed away had the higher risk of two; ties count half (Mann and Whitney)."""
    _values, where, counts = np.unique(risk, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[where]
    absent = missed.sum()
    return float((ranks[missed == 1].sum() - absent * (absent + 1) / 2) / (absent * (len(missed) - absent)))


def average_precision(missed: np.ndarray, risk: np.ndarray) -> float:
    """Precision averaged over the gains in recall, from the highest risk down; ties come together."""
    order = np.argsort(-risk, kind="stable")
    found = np.cumsum(missed[order])
    ends = np.flatnonzero(np.append(np.diff(risk[order]) != 0, True))
    precision = found[ends] / (ends + 1)
    return float(np.sum(np.diff(found[ends], prepend=0) * precision) / found[-1])


def calibration_error(missed: np.ndarray, risk: np.ndarray) -> float:
    """Expected calibration error: distance of told from happened in ten bins of equally many, weighted by size."""
    return float(sum(len(m) * abs(m.mean() - r.mean()) for m, r in _bins(missed, risk)) / len(missed))


def deciles(missed: np.ndarray, risk: np.ndarray) -> list[dict]:
    """Those bins, the lowest risk first."""
    return [
        {"count": len(m), "predicted": round(float(r.mean()), 4), "rate": round(float(m.mean()), 4)}
        for m, r in _bins(missed, risk)
    ]


def lifts(missed: np.ndarray, risk: np.ndarray) -> list[dict]:
    """Among the riskiest 10, 20 and 30 percent: how many of a hundred stayed away, and of all absences how many."""
    order = np.argsort(-risk, kind="stable")
    found = []
    for percent in LIFTS:
        top = missed[order[: max(1, round(len(order) * percent / 100))]]
        recall = float(top.sum() / missed.sum()) if missed.sum() else 0.0
        found.append({"percent": percent, "precision": round(float(top.mean()), 4), "recall": round(recall, 4)})
    return found


def _bins(missed: np.ndarray, risk: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    parts = np.array_split(np.argsort(risk, kind="stable"), BINS)
    return [(missed[part], risk[part]) for part in parts if len(part)]
