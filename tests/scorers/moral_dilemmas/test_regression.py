"""Slopes and their clustered errors: by hand, against the independent case, and in coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fiduciary.scorers.moral_dilemmas.regression import slope


def test_exact_line_and_difference_of_means() -> None:
    exact = slope([1, 3, 5, 7], [0, 1, 2, 3], list("abcd"))
    assert exact.value == pytest.approx(2.0) and math.isnan(exact.stderr)
    assert slope([1, 2, 10, 12], [0, 0, 1, 1], list("abcd")).value == pytest.approx(9.5)


def test_error_by_hand() -> None:
    """x = −1, 0, 1 and y = 0, 0, 3: slope 1.5, residuals 0.5, −1, 0.5; √(3/2 · 2/1 · 0.5)/2."""
    found = slope([0, 0, 3], [-1, 0, 1], list("abc"))
    assert (found.value, found.stderr) == pytest.approx((1.5, math.sqrt(1.5) / 2))


def test_what_does_not_exist() -> None:
    assert not slope([], [], []).known and not slope([1, 2], [3, 3], list("ab")).known
    assert math.isnan(slope([1, 2, 4], [1, 2, 3], list("aaa")).stderr)


def test_covers_with_clusters() -> None:
    """A shared shock in each of 48 clusters of 4: 95 % intervals hold the slope, naive ones would not."""
    rng = np.random.default_rng(0)
    x = np.repeat(rng.normal(size=48), 4)
    groups = np.repeat(np.arange(48), 4).astype(str).tolist()
    held = 0
    for _ in range(400):
        y = 0.3 * x + np.repeat(rng.normal(size=48), 4) + 0.3 * rng.normal(size=len(x))
        estimate = slope(y, x, groups)
        held += abs(estimate.value - 0.3) <= 2 * estimate.stderr
    assert 0.92 <= held / 400 <= 0.98
