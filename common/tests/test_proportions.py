"""Intervals against published figures."""

import pytest

from common.proportions import Share, difference


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    # Newcombe 1998, statistics in medicine 17:857, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_share_has_the_interval_of_wilson(count, total, low, high):
    assert Share(count, total).interval == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("one", "other", "gap", "low", "high"),
    # Newcombe 1998, statistics in medicine 17:873, table II, method 10
    [
        ((56, 70), (48, 80), 0.2, 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.6, 0.1705, 0.8090),
        ((5, 56), (0, 29), 0.0893, -0.0381, 0.1926),
        ((10, 10), (0, 10), 1.0, 0.6075, 1.0),
    ],
)
def test_a_difference_has_the_interval_of_newcombe(one, other, gap, low, high):
    found = difference(Share(*one), Share(*other))
    assert found == pytest.approx((gap, low, high), abs=5e-5)
