"""The sign-flip test against plain enumeration, known cases, and its own floor."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fiduciary.economics.psychometrics import sign_flip
from fiduciary.economics.psychometrics.sign_flip import are_whole, attainable, floor, sign_flip_test

finite = st.floats(-4, 4, allow_nan=False).map(lambda x: round(x, 3))


def enumerated(d: list[float]) -> float:
    sums = [sum(s * x for s, x in zip(signs, d, strict=True)) for signs in product((1, -1), repeat=len(d))]
    return float(np.mean([abs(x) >= abs(sum(d)) - 1e-9 for x in sums]))


@given(st.lists(finite | st.integers(-2, 2).map(float), min_size=1, max_size=9))
def test_equals_plain_enumeration(d: list[float]) -> None:
    assert sign_flip_test(d)[0] == pytest.approx(enumerated(d), rel=1e-12)


def test_equals_scipy() -> None:
    d = np.random.default_rng(0).normal(0.4, 1, (12, 3))
    reference = stats.permutation_test((d,), np.mean, permutation_type="samples", n_resamples=np.inf, axis=0)
    np.testing.assert_allclose(sign_flip_test(d), reference.pvalue, rtol=1e-9)


def test_drawn_close_to_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    d = np.random.default_rng(3).normal(0.3, 1, (20, 4))
    exact = sign_flip_test(d)
    monkeypatch.setattr(sign_flip, "EXACT", 10)
    drawn = sign_flip_test(d, seed=1)
    assert (drawn == sign_flip_test(d, seed=1)).all() and (drawn != sign_flip_test(d, seed=2)).any()
    np.testing.assert_allclose(drawn, exact, atol=5 * np.sqrt(0.25 / sign_flip.DRAWS))


@pytest.mark.parametrize("n", [2, 5, 12, 24, 28])
def test_the_floor(n: int) -> None:
    assert sign_flip_test(np.arange(1.0, n + 1))[0] == floor(n) == 2 / 2**n


def test_the_floor_of_many() -> None:
    assert sign_flip_test(np.full(40, 0.3))[0] == floor(40) == 1 / (sign_flip.DRAWS + 1)
    assert sign_flip_test(np.ones(40))[0] == floor(40, whole=True) == 2 / 2**40
    assert floor(0) == 1


def test_ones_are_a_sign_test() -> None:
    for up in (25, 30, 40):
        d = [1.0] * up + [-1.0] * (50 - up)
        assert sign_flip_test(d)[0] == pytest.approx(stats.binomtest(up, 50).pvalue, rel=1e-12)


@given(st.lists(st.integers(-4, 4).map(float), min_size=1, max_size=8))
def test_attainable_p_values_of_whole_differences(d: list[float]) -> None:
    """Of all sign patterns: which p-values there are, and how often each or a smaller one occurs."""
    patterns = np.array(list(product((1, -1), repeat=len(d)))) * np.array(d)
    p = sign_flip_test(patterns.T)
    np.testing.assert_allclose(attainable(d), np.unique(p), rtol=1e-12)
    for possible in attainable(d):
        assert (p <= possible * (1 + 1e-12)).mean() == pytest.approx(possible)


def test_what_is_whole() -> None:
    assert are_whole([1, -2, np.nan, 0]) and not are_whole([1, 0.5]) and not are_whole([1e6])
    with pytest.raises(ValueError, match="whole numbers"):
        attainable([0.5])


def test_zeros_and_missing() -> None:
    d = np.array([[0, 1, np.nan], [0, 0, np.nan], [0, np.nan, np.nan], [0, 2.0, np.nan]])
    found = sign_flip_test(d)
    assert found[:2].tolist() == [1.0, 0.5] and np.isnan(found[2])


@given(st.lists(finite, min_size=1, max_size=12), st.floats(0.1, 10))
def test_neither_sign_order_nor_unit_matters(d: list[float], unit: float) -> None:
    p = sign_flip_test(d)[0]
    assert sign_flip_test(-np.array(d))[0] == p
    assert sign_flip_test(np.array(d)[::-1])[0] == pytest.approx(p)
    assert sign_flip_test(unit * np.array(d))[0] == pytest.approx(p)


def test_level_without_a_difference() -> None:
    """Symmetric differences are rejected in at most α of the cases."""
    d = np.random.default_rng(5).standard_t(2, (12, 4000))
    share = (sign_flip_test(d) <= 0.05).mean()
    assert abs(share - 0.05) <= 4 * np.sqrt(0.05 * 0.95 / 4000)
