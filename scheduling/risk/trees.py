"""A boosted ensemble of small trees, as arrays. Pure numpy; grown in `training`.

A row goes left where its value is at most the threshold. What a leaf adds is shared out among the features on its way:
each split is answerable for the difference between the average below it and the average above (Saabas 2014).
"""

from dataclasses import dataclass

import numpy as np

from .features import GROUPS, NAMES

GROUP_OF = np.array([next(g for g, names in enumerate(GROUPS.values()) if name in names) for name in NAMES])
COLUMNS = ("feature", "threshold", "left", "right", "value", "count")


@dataclass
class Tree:
    """Nodes by number, the root first. feature: -1 at a leaf. left, right: numbers of nodes; at a leaf its own.

    value: what a leaf adds to the log-odds. count: training rows that came by.
    """

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    count: np.ndarray

    @classmethod
    def from_json(cls, data: dict) -> "Tree":
        """As `as_json` wrote it."""
        kinds = (np.int64, np.float64, np.int64, np.int64, np.float64, np.float64)
        return cls(*(np.array(data[name], kind) for name, kind in zip(COLUMNS, kinds, strict=True)))

    def as_json(self) -> dict:
        """Lists of numbers."""
        return {name: getattr(self, name).tolist() for name in COLUMNS}

    @property
    def depth(self) -> int:
        """Steps from the root to the furthest leaf. A child has a higher number than its parent."""
        depth = np.zeros(len(self.feature), int)
        for node in np.flatnonzero(self.feature >= 0):
            depth[[self.left[node], self.right[node]]] = depth[node] + 1
        return int(depth.max())

    def shares(self) -> tuple[float, np.ndarray]:
        """The average over all rows, and for each leaf what each group added to it on the way."""
        mean = self.value.copy()
        inner = np.flatnonzero(self.feature >= 0)
        for node in inner[::-1]:
            below = [self.left[node], self.right[node]]
            mean[node] = np.average(mean[below], weights=self.count[below])
        shares = np.zeros((len(mean), len(GROUPS)))
        for node in inner:
            for child in (self.left[node], self.right[node]):
                shares[child] = shares[node]
                shares[child, GROUP_OF[self.feature[node]]] += mean[child] - mean[node]
        return float(mean[0]), shares


class Trees:
    """The ensemble, ready to score: thresholds are ranked once, so that rows are compared by small numbers."""

    def __init__(self, base: float, trees: list[Tree]) -> None:
        self.base, self.trees = base, trees
        self._cuts = [self._cuts_of(column) for column in range(len(NAMES))]
        self._ready = [self._prepare(tree) for tree in trees]
        self._mean = base + sum(mean for *_arrays, mean in self._ready)

    @classmethod
    def from_json(cls, data: dict) -> "Trees":
        """As `as_json` wrote it."""
        return cls(data["base"], [Tree.from_json(tree) for tree in data["trees"]])

    def as_json(self) -> dict:
        """Numbers only."""
        return {"base": self.base, "trees": [tree.as_json() for tree in self.trees]}

    def explain(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-odds, and what each group adds to them."""
        count = len(features)
        ranks = np.empty((len(NAMES), count), np.int16)
        for column, cuts in enumerate(self._cuts):
            ranks[column] = np.searchsorted(cuts, features[:, column], "left")
        ranks, rows = ranks.ravel(), np.arange(count, dtype=np.int32)
        parts = np.zeros((count, len(GROUPS)), np.float32)
        for start, cut, children, depth, shares, _mean in self._ready:
            node = np.zeros(count, np.int32)
            for _step in range(depth):
                goes_right = ranks[start[node] * count + rows] > cut[node]
                node = children[2 * node + goes_right]
            parts += shares[node]
        return self._mean + parts.sum(axis=1, dtype=np.float64), parts

    def _cuts_of(self, column: int) -> np.ndarray:
        found = [tree.threshold[tree.feature == column] for tree in self.trees]
        return np.unique(np.concatenate(found)) if found else np.array([])

    def _prepare(self, tree: Tree) -> tuple:
        """A leaf leads to itself, so that every row may take as many steps as the deepest needs."""
        cut = np.zeros(len(tree.feature), np.int16)
        for node in np.flatnonzero(tree.feature >= 0):
            cut[node] = np.searchsorted(self._cuts[tree.feature[node]], tree.threshold[node])
        children = np.column_stack([tree.left, tree.right]).ravel().astype(np.int32)
        mean, shares = tree.shares()
        return np.maximum(tree.feature, 0).astype(np.int32), cut, children, tree.depth, shares.astype(np.float32), mean
