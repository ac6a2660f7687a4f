"""Fitting, with scikit-learn: only the worker and commands come here. What is fitted leaves as plain numbers."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from .calibration import refit_level, refit_slope
from .linear import TERMS, Linear
from .model import BLEND, LINEAR, Model
from .trees import Tree, Trees

ENOUGH_FOR_TREES = 10_000  # outcomes; below that the trees are worse than the regression
VISITS_OF_A_CLINIC = 50  # before it has a weight of its own
STRENGTH = 0.3  # C of the regression
SEED = 20160501
THREADS = 1  # the web processes of the same machine want to go on working; more threads save seconds at night


def fit(features: np.ndarray, services: np.ndarray, missed: np.ndarray) -> Model:
    """A model of all rows, not yet calibrated. Needs absences and attendances."""
    with threadpool_limits(THREADS):
        linear = _fit_linear(features, services, missed)
        trees = _fit_trees(features, missed) if len(missed) >= ENOUGH_FOR_TREES else None
    model = Model(BLEND if trees else LINEAR, linear, trees)
    model.usual = [float(mean) for mean in model.score(features, services).shares.mean(axis=0)]
    return model


def calibrate(model: Model, before: Model, features: np.ndarray, services: np.ndarray, missed: np.ndarray) -> None:
    """Give both the slope that `before`, which has not seen these later rows, needs there; and `model` their level."""
    model.slope = before.slope = refit_slope(before.score(features, services).logit, missed)
    model.level = refit_level(model.score(features, services).logit, missed)


def _fit_linear(features: np.ndarray, services: np.ndarray, missed: np.ndarray) -> Linear:
    ids, counts = np.unique(services, return_counts=True)
    ids = ids[counts >= VISITS_OF_A_CLINIC]
    columns = [term.column(features) for term in TERMS] + [(services == one).astype(np.float32) for one in ids]
    design = np.column_stack(columns).astype(np.float64)
    fitted = LogisticRegression(C=STRENGTH, solver="newton-cholesky", max_iter=50).fit(design, missed)
    weights = fitted.coef_[0].astype(np.float64)
    return Linear(float(fitted.intercept_[0]), list(TERMS), weights[: len(TERMS)], ids, weights[len(TERMS) :])


def _fit_trees(features: np.ndarray, missed: np.ndarray) -> Trees:
    fitted = HistGradientBoostingClassifier(
        max_iter=200, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=80, l2_regularization=20,
        max_features=0.5, early_stopping=False, random_state=SEED,
    ).fit(features, missed)  # fmt: skip
    trees = [_tree(predictors[0].nodes) for predictors in fitted._predictors]
    return Trees(float(np.ravel(fitted._baseline_prediction)[0]), trees)


def _tree(nodes: np.ndarray) -> Tree:
    leaf, own = nodes["is_leaf"].astype(bool), np.arange(len(nodes))
    return Tree(
        feature=np.where(leaf, -1, nodes["feature_idx"]).astype(np.int64),
        threshold=np.where(leaf, 0.0, nodes["num_threshold"]),
        left=np.where(leaf, own, nodes["left"]).astype(np.int64),
        right=np.where(leaf, own, nodes["right"]).astype(np.int64),
        value=np.where(leaf, nodes["value"], 0.0),
        count=nodes["count"].astype(np.float64),
    )
