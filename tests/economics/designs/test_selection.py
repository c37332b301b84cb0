"""A criterion values problems by what they tell, and its threshold marks the best share of them."""

import numpy as np
import pytest

from fiduciary.economics.designs import POPULATION, SELECTED, Untold, criterion
from fiduciary.economics.designs.information import (
    information_along,
    information_of_problems,
    theta_basis,
    theta_standard_errors,
)
from fiduciary.economics.designs.prior import GAMMA_RANGE, RHO_RANGE, draw_preferences
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES, profile

TAUS = (0.2, 0.5, 1.0)
PROBLEMS = stack(generate(3000, 11))


def variance(welfare, utility, tau=0.5):
    total = information_of_problems(welfare, utility, tau).mean(axis=0)
    return float((theta_standard_errors(total, theta_basis(utility)) ** 2).sum())


def test_information_along_is_that_of_the_whole_matrix():
    u, factor = profile("study1"), np.random.default_rng(0).normal(size=(5, 4))
    whole = information_of_problems(PROBLEMS, u, 0.5)
    expected = np.einsum("ia,nij,ja->n", factor, whole, factor)
    np.testing.assert_allclose(information_along(PROBLEMS, u, 0.5, factor), expected, rtol=1e-9)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_what_one_preference_selects_needs_many_times_fewer_calls_than_random_problems(seed):
    [u] = draw_preferences(seed + 1)[seed:]
    found = criterion([u], (0.5,))
    chosen = found.chooses(PROBLEMS)
    assert chosen.mean() == pytest.approx(SELECTED, rel=0.3)
    assert variance(PROBLEMS, u) > 4 * variance(PROBLEMS[chosen], u)
    assert found.fewer > 4


def test_no_other_problem_would_tell_more_than_those_selected():
    """The gradient of the criterion is highest on its own selection: the first-order condition of an optimum
    with a bounded density."""
    u = profile("study1")
    found = criterion([u], (0.5,))
    chosen = found.chooses(PROBLEMS)
    rng, best = np.random.default_rng(3), variance(PROBLEMS[chosen], u)
    for _ in range(20):
        other = chosen.copy()
        other[rng.choice(np.flatnonzero(chosen), 20, replace=False)] = False
        other[rng.choice(np.flatnonzero(~chosen), 20, replace=False)] = True
        assert variance(PROBLEMS[other], u) > best


def test_weights_make_the_mixture_the_population_again():
    found = criterion(draw_preferences(6), TAUS)
    chosen = found.chooses(PROBLEMS)
    weight = found.weight(chosen)
    density = POPULATION + (1 - POPULATION) * chosen / found.selected
    np.testing.assert_allclose(weight * density, 1.0)
    assert weight.max() == pytest.approx(1 / POPULATION)


def test_draws_lie_in_the_prior_and_begin_alike():
    drawn = draw_preferences(200, 4)
    assert drawn[:10] == draw_preferences(10, 4) and drawn[:10] != draw_preferences(10, 5)
    for u in drawn:
        assert sum(u.theta) == pytest.approx(1) and min(u.theta) > 0.005
        assert RHO_RANGE[0] <= u.rho <= RHO_RANGE[1]
        assert GAMMA_RANGE[0] <= u.gamma <= GAMMA_RANGE[1]


def test_preferences_of_which_no_answer_tells_anything_are_refused():
    """Without noise every answer is known beforehand."""
    with pytest.raises(Untold, match="tell the four weights apart"):
        criterion([CES((0.3, 0.3, 0.2, 0.2), 0.5, 1e9)], TAUS)
