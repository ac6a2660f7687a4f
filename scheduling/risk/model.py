"""A model as it is stored: plain numbers, no code. Pure numpy."""

from dataclasses import dataclass, field

import numpy as np

from . import points
from .features import GROUPS
from .linear import Linear
from .trees import Trees

POINTS, LINEAR, BLEND = "points", "linear", "blend"
CHUNK = 16_384  # rows that fit the processor's cache while the trees are walked
TREES_SHARE = 0.8  # of the blend: between 0.7 and 1 nothing differs that can be measured
FORMAT = 1  # of the parameters


class UnknownFormat(ValueError):
    """Parameters that another release wrote."""


@dataclass
class Scores:
    """logit: log-odds before the nightly level. shares: by group, how far from what is usual, in the model's units."""

    logit: np.ndarray
    shares: np.ndarray

    def risk(self, level: float | np.ndarray = 0.0) -> np.ndarray:
        """Probabilities, with the level (a shift of the log-odds)."""
        return 1 / (1 + np.exp(-(self.logit + level)))


@dataclass
class Model:
    """What `kind` says: the point score, the regression, or a mean of regression and trees in log-odds.

    slope, level: the calibration found on days that the fit had not seen. usual: the mean share of each group.
    """

    kind: str
    linear: Linear | None = None
    trees: Trees | None = None
    slope: float = 1.0
    level: float = 0.0
    usual: list[float] = field(default_factory=lambda: [0.0] * len(GROUPS))

    @classmethod
    def from_json(cls, data: dict) -> "Model":
        """As `as_json` wrote it. Raises UnknownFormat."""
        if data.get("format") != FORMAT:
            raise UnknownFormat(data.get("format"))
        linear = Linear.from_json(data["linear"]) if data["linear"] else None
        trees = Trees.from_json(data["trees"]) if data["trees"] else None
        return cls(data["kind"], linear, trees, data["slope"], data["level"], data["usual"])

    def as_json(self) -> dict:
        """Numbers, names and nothing that runs."""
        return {
            "format": FORMAT,
            "kind": self.kind,
            "linear": self.linear.as_json() if self.linear else None,
            "trees": self.trees.as_json() if self.trees else None,
            "slope": self.slope,
            "level": self.level,
            "usual": list(self.usual),
        }

    def score(self, features: np.ndarray, services: np.ndarray) -> Scores:
        """Every row of `features`, some at a time."""
        logit = np.empty(len(features))
        shares = np.empty((len(features), len(GROUPS)), np.float32)
        usual = np.array(self.usual, np.float32)
        for start in range(0, len(features), CHUNK):
            some = slice(start, start + CHUNK)
            raw, parts = self._explain(features[some], services[some])
            logit[some], shares[some] = self.slope * raw + self.level, parts - usual
        return Scores(logit, shares)

    def _explain(self, features: np.ndarray, services: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if self.kind == POINTS:
            return points.explain(features)
        logit, parts = self.linear.explain(features, services)
        if self.trees is None:
            return logit, parts
        other, others = self.trees.explain(features)
        return logit + TREES_SHARE * (other - logit), parts + TREES_SHARE * (others - parts)


def point_score() -> Model:
    """The model of a hospital without outcomes."""
    return Model(POINTS, usual=points.usual())
