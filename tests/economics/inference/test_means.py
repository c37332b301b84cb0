"""Means and ratios of sums with Student's interval over clusters."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from fiduciary.economics.inference import ALONE, NOTHING, around, mean, quantile, ratio
from fiduciary.economics.inference.means import lower_bound


def test_a_mean_of_units_has_students_interval() -> None:
    values = np.array([0.0, 1.0, 1.0, 4.0, 2.5])
    found = mean(values)
    reference = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (found.value, found.low, found.high) == pytest.approx((1.7, reference.low, reference.high))
    assert found.stderr == pytest.approx(stats.sem(values)) and found.units == 5 and not found.reason


def test_clusters_are_the_units() -> None:
    """Repeating every answer of a unit changes nothing."""
    values = np.array([0.0, 1.0, 1.0, 4.0, 2.5])
    assert mean(np.repeat(values, 3), np.repeat(np.arange(5), 3)) == mean(values)


def test_ratio_by_hand() -> None:
    """Σa/Σb = 6/4; by cluster a − rb is 1 − 1.5, 5 − 4.5: s = √(2 (.25 + .25))/4; t(1) = 12.706."""
    found = ratio([1, 2, 3], [1, 2, 1], ["a", "b", "b"])
    assert (found.value, found.stderr) == pytest.approx((1.5, 0.25))
    assert (found.low, found.high) == pytest.approx((1.5 - 12.706 * 0.25, 1.5 + 12.706 * 0.25), abs=1e-3)


def test_a_lower_bound_is_one_sided() -> None:
    """A mean's is that of the one-sided t-test; what is the same in every unit is its own bound."""
    values = np.array([0.0, 1.0, 1.0, 4.0, 2.5])
    reference = stats.ttest_1samp(values, 0, alternative="greater").confidence_interval(0.95)
    assert lower_bound(values, np.ones(5)) == pytest.approx((1.7, reference.low))
    assert lower_bound([2.0, 4.0, 1.0], [1.0, 2.0, 0.5]) == (2.0, 2.0)


def test_covers_the_mean_with_few_clusters() -> None:
    rng = np.random.default_rng(4)
    draws = rng.normal(size=(2000, 4, 1)) + rng.normal(size=(2000, 4, 5))
    found = [mean(one.ravel(), np.repeat(np.arange(4), 5)) for one in draws]
    assert np.mean([one.low <= 0 <= one.high for one in found]) == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize("values", [[0.0] * 7, [1.0] * 7, [0.1] * 7, [-2.0, -2.0]])
def test_units_that_are_all_alike_have_no_standard_error(values: list[float]) -> None:
    found = mean(values)
    assert found.value == pytest.approx(values[0]) and found.alike
    assert np.isnan([found.stderr, found.low, found.high]).all()


def test_one_unit_and_none_say_so() -> None:
    one, none = mean([3.0, 4.0], ["a", "a"]), mean([])
    assert one.value == 3.5 and np.isnan(one.stderr) and one.reason == ALONE and not one.alike
    assert not none.known and none.reason == NOTHING


def test_around_an_estimate() -> None:
    found = around(2.0, 0.5, level=0.9)
    assert (found.low, found.high) == pytest.approx((2 - 0.5 * 1.6449, 2 + 0.5 * 1.6449), abs=1e-4)
    assert around(0.0, 0.0).alike and np.isnan(around(0.0, 0.0).low)
    assert around(1e6, 1e-7).alike, "rounding is no spread"
    assert around(float("nan"), 1.0).reason == NOTHING


def test_quantiles_are_students() -> None:
    for df in (1, 4, 30, np.inf):
        assert quantile(0.95, df) == pytest.approx(stats.t(df).ppf(0.975))
    for level, df in ((0, 5), (1, 5), (0.95, 0)):
        with pytest.raises(ValueError, match="must"):
            quantile(level, df)
