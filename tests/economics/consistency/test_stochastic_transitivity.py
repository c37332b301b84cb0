"""Verdicts on frequencies, and likelihood ratios against each level."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from fiduciary.economics.consistency.noise import likelihood_ratio
from fiduciary.economics.consistency.stochastic_transitivity import LEVELS, deviance, violations
from tests.economics.consistency.conftest import one_order

ORDERS = list(permutations(range(3)))


@pytest.mark.parametrize(
    ("ij", "jk", "ik", "broken"),
    [
        (9, 8, 9, []),  # p_ik the largest
        (7, 9, 8, ["strong"]),
        (7, 9, 6, ["moderate", "strong"]),
        (7, 9, 5, ["weak", "moderate", "strong"]),  # a tie where i should win
        (7, 9, 2, ["weak", "moderate", "strong"]),
        (5, 5, 8, []),  # ties are no premise
        (5, 5, 5, []),
    ],
)
def test_levels(ij, jk, ik, broken):
    choices = one_order([[0, ij, ik], [10 - ij, 0, jk], [10 - ik, 10 - jk, 0]])
    assert [level for level, found in violations(choices).items() if found.any()] == broken


def worst_case(f: np.ndarray, n: np.ndarray, level: str) -> float:
    """The same ratio by a general optimiser over each order's constraints."""
    best = np.inf
    for a, b, c in ORDERS:
        at = {(0, 1): 0, (1, 2): 1, (2, 0): 2}
        pick = lambda x, y: (f[at[x, y]], n[at[x, y]]) if (x, y) in at else (1 - f[at[y, x]], n[at[y, x]])  # noqa: E731, B023
        freq, weight = (np.array(v) for v in zip(pick(a, b), pick(b, c), pick(a, c), strict=True))
        cones = {
            "weak": [lambda p: [p[0] - 0.5, p[1] - 0.5, p[2] - 0.5]],
            "moderate": [
                lambda p: [p[0] - 0.5, p[1] - 0.5, p[2] - p[0]],
                lambda p: [p[0] - 0.5, p[1] - 0.5, p[2] - p[1]],
            ],
            "strong": [lambda p: [p[0] - 0.5, p[1] - 0.5, p[2] - p[0], p[2] - p[1]]],
        }[level]
        for cone in cones:
            # An interior start, away from the ends, where the logarithms are finite.
            found = minimize(
                lambda p: deviance(freq, weight, np.clip(p, 1e-9, 1 - 1e-9)).sum(),  # noqa: B023
                [0.6, 0.6, 0.7],
                bounds=[(1e-6, 1 - 1e-6)] * 3,
                constraints={"type": "ineq", "fun": lambda p: np.array(cone(p))},  # noqa: B023
                method="SLSQP",
                options={"ftol": 1e-12, "maxiter": 500},
            )
            if found.success:
                best = min(best, float(found.fun))
    return best


@pytest.mark.parametrize("level", LEVELS)
def test_likelihood_ratio_against_an_optimiser(level):
    rng = np.random.default_rng(3)
    for _ in range(25):
        n = rng.integers(3, 12, size=3)
        won = np.array([rng.integers(1, k) for k in n])  # no shares of 0 or 1, where the optimiser stalls
        choices = one_order(
            [[0, won[0], n[2] - won[2]], [n[0] - won[0], 0, won[1]], [won[2], n[1] - won[1], 0]]
        )
        expected = worst_case(won / n, n.astype(float), level)
        assert likelihood_ratio(choices, level)[0] == pytest.approx(expected, abs=2e-4)


def test_deviance_at_the_ends():
    assert deviance(np.array(1.0), np.array(2.0), 0.5) == pytest.approx(4 * np.log(2))
    assert deviance(np.array([0.0, 1.0]), np.array([3.0, 3.0]), np.array([0.0, 1.0])).tolist() == [0, 0]


@given(st.integers(0, 10_000))
@settings(max_examples=50)
def test_levels_are_nested_and_names_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 9))
    wins = np.triu(rng.integers(0, n + 1, size=(3, 3)), 1)
    wins += np.tril(n - wins.T, -1)
    order = rng.permutation(3)
    one, two = one_order(wins.tolist()), one_order(wins[np.ix_(order, order)].tolist())
    found, renamed = violations(one), violations(two)
    ratios = [likelihood_ratio(one, level)[0] for level in LEVELS]
    assert ratios[0] <= ratios[1] + 1e-9 and ratios[1] <= ratios[2] + 1e-9
    for k, level in enumerate(LEVELS):
        assert found[level].any() == renamed[level].any()
        assert ratios[k] == pytest.approx(likelihood_ratio(two, level)[0], abs=1e-9)
        # What the frequencies do not violate costs nothing.
        assert ratios[k] == 0 or found[level].any()
    assert not (found["weak"] & ~found["moderate"]).any() and not (found["moderate"] & ~found["strong"]).any()


@given(st.integers(0, 10_000), st.integers(3, 6))
@settings(max_examples=30)
def test_utilities_violate_nothing(seed, m):
    """Frequencies that are a rising function of utility differences are strongly transitive."""
    u = np.random.default_rng(seed).integers(-5, 6, size=m)
    wins = np.clip(20 + 4 * (u[:, None] - u[None, :]), 0, 40)
    choices = one_order((wins * (1 - np.eye(m, dtype=int))).tolist())
    assert not any(found.any() for found in violations(choices).values())
    assert all(likelihood_ratio(choices, level)[0] == 0 for level in LEVELS)
