"""Logistic regression on splines of the first degree, with a weight for each clinic. Pure numpy; fitted in `training`.

A term is a column made of one feature: `ramp` rises from `at` over `width`, `is` marks one value, `log` is
log(1 + x) over `width`. `waits`: the term counts only for bookings of a day or more ahead, which behave differently.
"""

from dataclasses import asdict, dataclass

import numpy as np

from .features import GROUPS, NAMES


@dataclass(frozen=True)
class Term:
    """One column of the regression."""

    feature: str
    how: str
    at: float = 0.0
    width: float = 1.0
    waits: bool = False

    @property
    def group(self) -> int:
        """The place of the group that the feature belongs to."""
        return next(place for place, names in enumerate(GROUPS.values()) if self.feature in names)

    def column(self, features: np.ndarray) -> np.ndarray:
        """Its values."""
        values = features[:, NAMES.index(self.feature)]
        if self.how == "is":
            found = (values == self.at).astype(np.float32)
        elif self.how == "log":
            found = np.log1p(np.maximum(values, 0)) / np.float32(self.width)
        else:
            found = np.clip((values - np.float32(self.at)) / np.float32(self.width), 0, 4)
        return found * (features[:, NAMES.index("lead")] > 0) if self.waits else found


def _ramps(feature: str, knots: tuple[float, ...], *, waits: bool = False) -> list[Term]:
    width = knots[-1] - knots[0]
    return [Term(feature, "ramp", knot, width, waits) for knot in knots]


AGES = (0, 5, 12, 18, 25, 35, 50, 65, 80)
HOURS = (6, 8, 10, 12, 14, 16)
TERMS = [
    *(Term("lead", "is", days) for days in (0, 1, 2, 3, 7, 14, 21, 28)),
    Term("lead", "log", width=4),
    *_ramps("lead", (2, 5, 9, 16, 31, 60)),
    *_ramps("hour", HOURS),
    *_ramps("hour", HOURS, waits=True),
    *(Term("weekday", "is", day) for day in range(7)),
    *(Term("asked_weekday", "is", day) for day in range(7)),
    Term("age", "is", -1),
    *_ramps("age", AGES),
    *_ramps("age", AGES, waits=True),
    *(
        term
        for feature in ("clinic", "cohort", "record", "record_ahead")
        for term in (Term(feature, "ramp", -1.0), Term(feature, "ramp", -1.0, waits=True), Term(feature, "ramp", 0.0))
    ),
    Term("known", "log"),
    Term("missed", "log"),
    Term("missed", "log", waits=True),
    *(Term("last", "is", outcome, waits=waits) for outcome in (0, 1) for waits in (False, True)),
    Term("since", "log", width=4),
    *(Term("batch", "is", count, waits=True) for count in (0, 1, 2)),
    Term("batch", "log"),
    Term("same_day", "log"),
    Term("same_day", "is", 0, waits=True),
    Term("same_clinic", "log"),
]


@dataclass
class Linear:
    """Weights of the terms and of the clinics that had enough visits; another clinic counts as the average one."""

    bias: float
    terms: list[Term]
    weights: np.ndarray
    services: np.ndarray  # ids, rising
    service_weights: np.ndarray

    @classmethod
    def from_json(cls, data: dict) -> "Linear":
        """As `as_json` wrote it."""
        services, weights = np.array(data["services"], np.int64), np.array(data["service_weights"], np.float64)
        terms = [Term(**term) for term in data["terms"]]
        return cls(data["bias"], terms, np.array(data["weights"], np.float64), services, weights)

    def as_json(self) -> dict:
        """Numbers and names only."""
        return {
            "bias": self.bias,
            "terms": [asdict(term) for term in self.terms],
            "weights": self.weights.tolist(),
            "services": self.services.tolist(),
            "service_weights": self.service_weights.tolist(),
        }

    def explain(self, features: np.ndarray, services: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-odds, and what each group adds to them."""
        parts = np.zeros((len(features), len(GROUPS)), np.float64)
        for term, weight in zip(self.terms, self.weights, strict=True):
            parts[:, term.group] += weight * term.column(features)
        parts[:, list(GROUPS).index("clinic")] += self._of_services(services)
        return self.bias + parts.sum(axis=1), parts

    def _of_services(self, services: np.ndarray) -> np.ndarray:
        if not len(self.services):
            return np.zeros(len(services))
        place = np.minimum(np.searchsorted(self.services, services), len(self.services) - 1)
        return np.where(self.services[place] == services, self.service_weights[place], 0.0)
