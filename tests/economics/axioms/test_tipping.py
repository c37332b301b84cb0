"""How far answers along a path are from one tipping point."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from fiduciary.economics.axioms.tipping import costs, distance, null_counts, several

paths = arrays(float, 6, elements=st.floats(-9, 9))


@given(paths)
def test_the_distance_is_the_least_over_all_tipping_points(signed: np.ndarray) -> None:
    def cost(sides: tuple[int, ...]) -> float:
        return sum(abs(c) for c, side in zip(signed, sides, strict=True) if c * side < 0)

    once = [(-1,) * t + (1,) * (6 - t) for t in range(7)]
    once += [tuple(-side for side in sides) for sides in once]
    assert distance(signed) == pytest.approx(min(map(cost, once)), abs=1e-9)


@given(paths)
def test_a_path_that_rises_or_falls_tips_once(signed: np.ndarray) -> None:
    assert distance(np.sort(signed)) == pytest.approx(0, abs=1e-9)
    assert not several(np.sort(signed)[::-1])


def test_signs_that_change_twice_tip_several_times() -> None:
    for signs in itertools.product((-1.0, 1.0), repeat=5):
        changes = sum(a != b for a, b in itertools.pairwise(signs))
        assert bool(several(np.array(signs))) == (changes > 1)


def test_the_cost_of_a_share_is_its_likelihood_ratio_against_one_half() -> None:
    n, k = 12, 9
    ratio = 2 * (stats.binom.logpmf(k, n, k / n) - stats.binom.logpmf(k, n, 0.5))
    assert costs(np.array(k / n), np.array(n)) == pytest.approx(ratio)
    assert costs(np.array(1 - k / n), np.array(n)) == pytest.approx(-ratio)


@pytest.mark.parametrize("slope", [0.1, 0.3, 1.0])
def test_no_shares_that_rise_are_further_than_coins(slope: float) -> None:
    """The least favourable point: answers that rise exceed the coins' 95 % quantile in fewer than 5 %."""
    rng = np.random.default_rng(0)
    asked = np.full((10, 9), 6)
    critical = np.quantile(null_counts(asked, rng, 2000), 0.95)
    p = 1 / (1 + np.exp(-slope * (np.arange(9) - 4)))
    found = distance(costs(rng.binomial(asked, p, size=(2000, 10, 9)) / 6, asked)).sum(axis=-1)
    assert np.mean(found > critical) < 0.05
