"""Reasons of scores as codes with values, for all rows at once. Numpy; `reasons` makes sentences of them."""

from collections.abc import Iterator

import numpy as np

from .features import GROUPS, NAMES
from .reasons import COUNT, write

# the values that a group's sentence names
VALUES = {
    "lead": ("lead",),
    "history": ("missed", "known"),
    "age": ("age",),
    "clinic": (),
    "weekday": ("weekday",),
    "asked": ("hour",),
    "several": ("batch",),
}
CODES = tuple(GROUPS)


def reasons_of(features: np.ndarray, shares: np.ndarray) -> Iterator[str]:
    """For each row the groups whose share lies furthest from the usual, the weightiest first."""
    order = np.argsort(-np.abs(shares), axis=1, kind="stable")[:, :COUNT]
    is_up = np.take_along_axis(shares, order, 1) > 0
    columns = [[NAMES.index(name) for name in VALUES[code]] for code in CODES]
    values = features.astype(np.int32)
    for groups, ups, row in zip(order.tolist(), is_up.tolist(), values.tolist(), strict=True):
        parts = zip(groups, ups, strict=True)
        yield " ".join(write(CODES[group], is_up=up, values=[row[c] for c in columns[group]]) for group, up in parts)
