"""Tipping points, and whether the CES explains them."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.axioms.chooser import fitted
from fiduciary.economics.axioms.curve import lack_of_fit, tipping_points
from fiduciary.economics.utility import CES, profile
from tests.economics.axioms.conftest import answered

LINEAR = CES((0.4, 0.3, 0.2, 0.1), 1.0, 1.0)


def test_a_linear_utility_tips_where_its_weights_say() -> None:
    """What makes up for a gain given is that gain times the ratio of the weights."""
    data = answered(LINEAR.utility)
    for t in tipping_points(data, fitted(data)):
        amount = 3 * LINEAR.theta[t.gives] / LINEAR.theta[t.gets]
        assert t.amount == pytest.approx(amount, rel=1e-3)
        assert t.fitted == pytest.approx(amount, rel=1e-2)


def test_a_group_that_is_not_wanted_makes_up_for_nothing() -> None:
    data = answered(profile("nonprofit").utility)
    found = [t for t in tipping_points(data, fitted(data)) if t.gets == 0]
    assert len(found) == 3
    assert all(np.isnan(t.amount) and np.isnan(t.fitted) for t in found)


def test_the_ces_is_not_rejected_by_its_own_answers() -> None:
    rejected = 0
    for seed in range(20):
        data = answered(profile("study1").utility, seed)
        found = lack_of_fit(data, fitted(data))
        assert found.freedom == 12
        rejected += found.p_value <= 0.05
    assert rejected <= 4  # of 20 at 5 %, more come by chance in three of a thousand


@pytest.mark.parametrize("seed", [None, 1])
def test_a_utility_of_another_kind_is_told_from_a_ces(seed: int | None) -> None:
    """Group by group of another curvature: no single rho bends all of them."""

    def bent(welfare: np.ndarray) -> np.ndarray:
        return np.asarray((((welfare + 5) / 15) ** np.array([2.5, 0.3, 2.5, 0.3])) @ np.full(4, 4.0))

    data = answered(bent, seed)
    assert lack_of_fit(data, fitted(data)).p_value < 0.01
