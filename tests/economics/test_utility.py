"""CES utility: its limits, its smoothness, its invariances, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fiduciary.economics.conventions import SHIFT
from fiduciary.economics.utility import CES, PROFILES, profile

weights = arrays(float, 4, elements=st.floats(0.02, 1)).map(lambda a: tuple(a / a.sum()))
welfare = arrays(float, 4, elements=st.floats(-4, 30))
rhos = st.floats(-15, 1)


def direct(theta, rho, w):
    """The formula as printed, where it does not overflow."""
    x = np.asarray(w) + SHIFT
    return np.sum(np.asarray(theta) * x**rho) ** (1 / rho)


@given(weights, rhos.filter(lambda r: abs(r) > 0.05), welfare)
def test_equals_the_printed_formula(theta, rho, w):
    assert CES(theta, rho).utility(w) == pytest.approx(direct(theta, rho, w), rel=1e-10)


@given(weights, welfare)
def test_linear_limit(theta, w):
    assert CES(theta, 1.0).utility(w) == pytest.approx(np.dot(theta, w) + SHIFT, rel=1e-12)


@given(weights, welfare)
def test_cobb_douglas_limit(theta, w):
    assert CES(theta, 0.0).utility(w) == pytest.approx(np.prod((w + SHIFT) ** np.array(theta)), rel=1e-12)


@given(weights, welfare)
def test_maximin_limit(theta, w):
    u = CES(theta, -np.inf).utility(w)
    assert u == pytest.approx(np.min(w) + SHIFT, rel=1e-12)
    assert CES(theta, -3000.0).utility(w) == pytest.approx(float(u), rel=5e-3)


def test_maximin_ignores_stakeholders_without_weight():
    assert CES((0.5, 0.5, 0, 0), -np.inf).utility([3, 2, 0, 0]) == pytest.approx(2 + SHIFT)


@given(weights, welfare, st.sampled_from([1e-14, 1e-9, 1e-6, 1e-4, 1e-3]))
def test_smooth_through_zero(theta, w, rho):
    """Both sides of ρ = 0 meet their common tangent: no digit is lost to 1/ρ."""
    u, up, down = (CES(theta, r).utility(w) for r in (0.0, rho, -rho))
    assert (up + down) / 2 == pytest.approx(float(u), rel=max(1e-12, 20 * rho**2))
    assert up >= u * (1 - 1e-12) >= down * (1 - 2e-12)


@given(weights, rhos, welfare, st.floats(0.1, 5))
def test_homogeneous_of_degree_one_in_shifted_welfare(theta, rho, w, factor):
    ces = CES(theta, rho)
    scaled = factor * (w + SHIFT) - SHIFT
    assert ces.utility(scaled) == pytest.approx(factor * float(ces.utility(w)), rel=1e-9)


@given(weights, rhos, welfare, st.integers(0, 3))
def test_more_for_anyone_is_never_worse(theta, rho, w, k):
    better = w.copy()
    better[k] += 1
    assert CES(theta, rho).utility(better) >= CES(theta, rho).utility(w) * (1 - 1e-12)


@given(weights, welfare, rhos, rhos)
def test_utility_rises_with_rho(theta, w, a, b):
    """Power means are ordered in their exponent."""
    low, high = sorted((a, b))
    assert CES(theta, low).utility(w) <= CES(theta, high).utility(w) * (1 + 1e-10)


def test_padding_stays_nan():
    assert np.isnan(CES((0.25,) * 4, 0.5).utility([[1, 2, 3, 4], [np.nan] * 4])).tolist() == [False, True]


def test_best_accepts_ties():
    w = [[[1, 2, 3, 4], [2, 1, 3, 4], [0, 0, 0, 0], [np.nan] * 4]]
    assert CES((0.25,) * 4, 1.0).best(w).tolist() == [[True, True, False, False]]


@pytest.mark.parametrize(("rho", "elasticity"), [(1.0, np.inf), (0.0, 1.0), (0.5, 2.0), (-np.inf, 0.0)])
def test_elasticity_of_substitution(rho, elasticity):
    assert CES((0.25,) * 4, rho).elasticity == elasticity


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((0.5, 0.5, 0.5, 0.5), 0.5), "theta must sum to 1"),
        (((1.2, -0.2, 0, 0), 0.5), "theta must be finite and >= 0"),
        (((0.5, 0.5), 0.5), "theta must hold 4 weights"),
        (((0.25,) * 4, 1.2), "rho must be at most 1"),
        (((0.25,) * 4, float("nan")), "rho must be at most 1"),
        (((0.25,) * 4, 0.5, 0.0), "gamma must be finite and > 0"),
    ],
)
def test_bad_parameters_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        CES(*arguments)


def test_welfare_that_stays_negative_is_refused():
    with pytest.raises(ValueError, match=r"positive after the shift K = 5, got -6"):
        CES((0.25,) * 4, 0.5).utility([-6, 1, 1, 1])


def test_profiles_are_the_published_ones():
    assert set(PROFILES) == {"study1", "for_profit", "symmetric", "nonprofit"}
    assert profile("nonprofit").theta == (0, 0.4, 0.4, 0.2)
    np.testing.assert_allclose(profile("study1").theta, (0.339, 0.381, 0.128, 0.151), atol=5e-4)
    with pytest.raises(ValueError, match="choose one of study1, for_profit"):
        profile("charity")
