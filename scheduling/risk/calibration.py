"""Level and slope of told risks, found by Newton's method. Pure numpy."""

import numpy as np

LOOSE = 0.5  # how far the level may easily move (standard deviation, log-odds): few visits move it little
STEEP = 0.15  # the same for the slope around 1
STEPS = 12


def refit_level(logit: np.ndarray, missed: np.ndarray) -> float:
    """The shift of the log-odds after which as many are expected as were absent, drawn to 0 where there are few."""
    shift = 0.0
    for _step in range(STEPS):
        risk = 1 / (1 + np.exp(-(logit + shift)))
        gap = float(np.sum(missed - risk)) - shift / LOOSE**2
        shift += gap / (float(np.sum(risk * (1 - risk))) + 1 / LOOSE**2)
    return shift


def refit_slope(logit: np.ndarray, missed: np.ndarray) -> float:
    """The factor of the log-odds (below 1: the model was too sure of itself), drawn to 1; found beside a free level."""
    wanted = np.array([0.0, 1.0])
    guard = np.diag([1 / LOOSE**2, 1 / STEEP**2])
    found = wanted.copy()
    columns = np.column_stack([np.ones(len(logit)), logit])
    for _step in range(STEPS):
        risk = 1 / (1 + np.exp(-(columns @ found)))
        slope = columns.T @ (missed - risk) - guard @ (found - wanted)
        found += np.linalg.solve(columns.T @ (columns * (risk * (1 - risk))[:, None]) + guard, slope)
    return float(np.clip(found[1], 0.5, 1.5))
