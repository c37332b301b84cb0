"""Alpha, omega and stability: population values, hand-computed cases, what has no coefficient."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.psychometrics.reliability import cronbach_alpha, mcdonald_omega, one_factor, retest

REFERENCE: dict[str, Any] = json.loads(
    Path(__file__).with_name("reliability_reference.json").read_text("utf-8")
)


def rows_with(covariance: np.ndarray, n: int = 60, seed: int = 0) -> np.ndarray:
    """(n, k) rows whose sample covariance is exactly this."""
    x = np.random.default_rng(seed).standard_normal((n, len(covariance)))
    x -= x.mean(axis=0)
    whitened = x @ np.linalg.inv(np.linalg.cholesky(np.cov(x, rowvar=False)).T)
    return np.asarray(whitened @ np.linalg.cholesky(covariance).T)


def congeneric(loadings: list[float], unique: list[float]) -> np.ndarray:
    return np.outer(loadings, loadings) + np.diag(unique)


loading = st.floats(0.3, 0.9)


@given(st.lists(loading, min_size=4, max_size=8))
def test_one_factor_returns_its_loadings(loadings: list[float]) -> None:
    r = congeneric(loadings, [1 - x**2 for x in loadings])
    np.testing.assert_allclose(one_factor(r), loadings, atol=2e-4)


def test_one_factor_returns_signs() -> None:
    loadings = np.array([0.8, -0.5, 0.7, 0.6])
    r = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    np.testing.assert_allclose(one_factor(r), loadings, atol=1e-4)


def test_omega_of_a_congeneric_scale() -> None:
    loadings, unique = [0.9, 0.7, 0.5, 0.3], [0.4, 0.5, 0.6, 0.7]
    x = rows_with(congeneric(loadings, unique))
    omega = sum(loadings) ** 2 / (sum(loadings) ** 2 + sum(unique))
    assert mcdonald_omega(x).value == pytest.approx(omega, abs=1e-4)
    assert cronbach_alpha(x).value < omega


def test_alpha_and_omega_agree_where_items_are_equivalent() -> None:
    x = rows_with(congeneric([0.6] * 5, [0.3, 0.5, 0.4, 0.6, 0.2]))
    alpha = 5 / 4 * (1 - (5 * 0.36 + 2.0) / (25 * 0.36 + 2.0))
    assert cronbach_alpha(x).value == pytest.approx(alpha)
    assert mcdonald_omega(x).value == pytest.approx(alpha, abs=1e-4)


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=lambda case: f"{len(case['loadings'])} items")
def test_equals_other_programs(case: dict[str, Any]) -> None:
    """pingouin and factor_analyzer (minimum residuals); reliability_reference.py made it."""
    x = np.array(case["answers"], float)
    assert cronbach_alpha(x).value == pytest.approx(case["alpha"], rel=1e-9)
    loadings = np.array(case["loadings"])
    np.testing.assert_allclose(one_factor(np.corrcoef(x, rowvar=False)), loadings, atol=2e-4)
    sd = x.std(axis=0, ddof=1)
    common = (sd @ loadings) ** 2
    omega = common / (common + sd**2 @ (1 - loadings**2))
    assert mcdonald_omega(x).value == pytest.approx(omega, abs=2e-4)


def test_alpha_by_hand() -> None:
    # Variances 1, 1, 4; of the sum (3, 5, 10): 13. 3/2 · (1 − 6/13).
    assert cronbach_alpha([[1, 1, 1], [2, 2, 1], [3, 3, 4]]).value == pytest.approx(
        1.5 * (1 - (1 + 1 + 3) / 13)
    )


def test_rows_with_a_missing_answer_are_left_out() -> None:
    x = rows_with(congeneric([0.8] * 4, [0.5] * 4), 20)
    gaps = np.vstack([x, [[1, np.nan, 1, 1]]])
    assert cronbach_alpha(gaps) == cronbach_alpha(x) and mcdonald_omega(gaps) == mcdonald_omega(x)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (np.ones((12, 4)), "no item varies"),
        (np.ones((2, 4)), "2 complete blocks"),
        (np.full((12, 4), np.nan), "0 complete blocks"),
        (np.arange(12.0)[:, None], "at least two items"),
    ],
)
def test_no_coefficient_and_why(rows: np.ndarray, why: str) -> None:
    for found in (cronbach_alpha(rows), mcdonald_omega(rows)):
        assert np.isnan(found.value) and found.why_not is not None and why in found.why_not


def test_omega_needs_three_items_that_vary() -> None:
    x = np.random.default_rng(1).standard_normal((10, 2))
    assert mcdonald_omega(x).why_not == "one factor needs at least three items"
    constant = np.column_stack([x, x[:, 0], np.ones(10)])
    assert mcdonald_omega(constant).why_not == "1 items do not vary"
    opposite = np.column_stack([x[:, 0], -x[:, 0]])
    assert cronbach_alpha(opposite).why_not == "the sum of the items does not vary"


def test_stability_by_hand() -> None:
    first = [[1, 2, 3, np.nan], [1, 4, 3, 5]]
    second = [[2, 2, 4, 4], [2, 4, 4, 4]]
    found = retest(first, second)
    # Means 1, 3, 3, 5 and 2, 3, 4, 4.
    assert found.items == 4
    assert found.correlation == pytest.approx(np.corrcoef([1, 3, 3, 5], [2, 3, 4, 4])[0, 1])
    assert found.mean_difference == pytest.approx((1 + 0 + 1 - 1) / 4)
    assert found.absolute_difference == pytest.approx(3 / 4)
    assert found.identical == pytest.approx(2 / 7)


def test_stability_of_the_same_and_of_nothing() -> None:
    x = np.random.default_rng(0).integers(1, 6, (3, 10)).astype(float)
    same = retest(x, x)
    assert (same.correlation, same.absolute_difference, same.identical) == (pytest.approx(1), 0, 1)
    assert np.isnan(retest(np.full((2, 3), 4.0), np.full((2, 3), 4.0)).correlation)
    assert retest(x * np.nan, x).items == 0
    with pytest.raises(ValueError, match="same shape"):
        retest(x, x[:2])
