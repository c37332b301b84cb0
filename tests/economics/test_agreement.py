"""Agreement, error rates of a judge, and rates corrected for them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fiduciary.economics.agreement import (
    cohen_kappa,
    cross_table,
    difference,
    gwet_ac1,
    label_bias,
    rogan_gladen,
    skill,
)
from fiduciary.economics.inference import Interval, effective_size

# κ, its standard error, AC1, its standard error: statsmodels 0.15.0 (cohens_kappa) and irrCAC 0.4.4 (gwet).
# The first table is Gwet's own example of κ failing (2002), the third that of Fleiss' textbook.
PUBLISHED = [
    ([[118, 5], [2, 0]], -0.02339181, 0.01228676, 0.94078, 0.02296),
    ([[20, 5], [10, 15]], 0.4, 0.12699606, 0.40594, 0.13015),
    ([[75, 1, 4], [5, 4, 1], [0, 0, 10]], 0.67647059, 0.08770295, 0.86757, 0.03923),
    ([[22, 4, 3], [5, 17, 6], [2, 3, 30]], 0.62119585, 0.06760806, 0.62714, 0.06779),
]


@pytest.mark.parametrize(("counts", "kappa", "kappa_se", "ac1", "ac1_se"), PUBLISHED)
def test_agreement_is_what_other_programs_give(
    counts: list[list[int]], kappa: float, kappa_se: float, ac1: float, ac1_se: float
) -> None:
    found, other = cohen_kappa(counts), gwet_ac1(counts)
    assert (found.value, found.stderr) == pytest.approx((kappa, kappa_se), abs=5e-7)
    assert (other.value, other.stderr) == pytest.approx((ac1, ac1_se), abs=5e-6)


@pytest.mark.parametrize("measure", [cohen_kappa, gwet_ac1])
def test_complete_agreement_keeps_an_interval(measure: object) -> None:
    """The standard error is 0 there, and ± z·0 would claim certainty from ten cases."""
    found = measure([[5, 0], [0, 5]])  # type: ignore[operator]
    assert found.value == found.high == 1 and math.isnan(found.stderr)
    assert found.low == pytest.approx(2 * stats.beta.ppf(0.025, 10, 1) - 1)


def test_agreement_without_cases_or_without_variety() -> None:
    assert math.isnan(cohen_kappa(np.zeros((2, 2))).value)
    assert math.isnan(cohen_kappa([[7, 0], [0, 0]]).value)
    assert gwet_ac1([[7, 0], [0, 0]]).value == 1


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=60))
def test_agreement_lies_in_its_interval_and_does_not_care_who_is_first(pairs: list[tuple[int, int]]) -> None:
    table = cross_table([a for a, _ in pairs], [b for _, b in pairs])
    for measure in (cohen_kappa, gwet_ac1):
        found, turned = measure(table), measure(table.T)
        assert (found.value, found.low, found.high, found.stderr) == pytest.approx(
            (turned.value, turned.low, turned.high, turned.stderr), nan_ok=True
        )
        if not math.isnan(found.value):
            assert -1 <= found.low <= found.value + 1e-12
            assert found.value <= found.high + 1e-12 <= 1 + 1e-9


def test_cross_table_has_the_first_rating_in_its_rows() -> None:
    np.testing.assert_array_equal(cross_table([1, 1, 0], [0, 1, 0]), [[1, 0], [1, 1]])


def test_effective_size_is_that_of_the_standard_error() -> None:
    assert effective_size(0.3, math.sqrt(0.3 * 0.7 / 50), 200) == pytest.approx(50)
    assert effective_size(0.3, 1e-9, 200) == 200
    assert effective_size(1.0, 0.0, 200) == effective_size(0.4, float("nan"), 200) == 200


def test_skill_of_a_good_judge() -> None:
    found = skill(54, 60, 57, 60)
    assert (found.sensitivity.value, found.specificity.value) == (0.9, 0.95)
    assert found.informedness.value == pytest.approx(0.85)
    reference = stats.fisher_exact([[54, 6], [3, 57]], alternative="greater").pvalue
    assert found.p_value == pytest.approx(reference)
    assert found.better_than_chance()


@pytest.mark.parametrize("yes", [0, 20, 60])
def test_a_judge_that_says_the_same_of_everything_is_no_better_than_chance(yes: int) -> None:
    found = skill(60 - yes, 60, yes, 60)
    assert found.informedness.value == pytest.approx(0)
    assert found.informedness.low < 0 < found.informedness.high
    assert not found.better_than_chance()
    corrected = rogan_gladen(0.4, 100, found)
    assert math.isnan(corrected.value) and (corrected.low, corrected.high) == (0, 1)


def test_a_judge_that_could_not_be_read_is_not_better_than_chance() -> None:
    found = skill(0, 0, 0, 0)
    assert math.isnan(found.informedness.value) and not found.better_than_chance()
    assert not skill(5, 5, 0, 0).better_than_chance()


@given(st.floats(0, 1), st.integers(51, 100), st.integers(51, 100))
def test_correction_undoes_what_the_errors_do(share: float, found: int, passed: int) -> None:
    """The reported rate is share·Se + (1 − share)(1 − Sp); with many known cases these errors are known."""
    known = skill(found * 100, 10_000, passed * 100, 10_000)
    reported = share * found / 100 + (1 - share) * (1 - passed / 100)
    if known.better_than_chance():
        corrected = rogan_gladen(reported, 1e6, known)
        assert corrected.value == pytest.approx(share, abs=1e-9)
        assert corrected.low <= corrected.value <= corrected.high


def test_correction_by_hand() -> None:
    """23 of 150 with Se .96, Sp .89 are 5.1 in 100: epiR's manual, with exact Se and Sp."""
    corrected = rogan_gladen(23 / 150, 150, skill(96, 100, 89, 100))
    assert corrected.value == pytest.approx(0.0510, abs=5e-5)
    # Lang & Reiczigel's interval, worked out step by step.
    z = 1.959963984540054
    n = 150 + z**2
    ap, se, sp = (23 + z**2 / 2) / n, 97 / 102, 90 / 102
    p = (ap + sp - 1) / (se + sp - 1)
    v_se, v_sp = se * (1 - se) / 102, sp * (1 - sp) / 102
    shift = 2 * z**2 * (p * v_se - (1 - p) * v_sp)
    half = z * math.sqrt(ap * (1 - ap) / n + p**2 * v_se + (1 - p) ** 2 * v_sp) / (se + sp - 1)
    assert corrected.low == pytest.approx(max(0, p + shift - half))
    assert corrected.high == pytest.approx(p + shift + half)


def test_a_perfect_judge_of_many_known_cases_changes_nothing() -> None:
    """What is left is the interval of Agresti & Coull."""
    corrected = rogan_gladen(0.3, 200, skill(10**7, 10**7, 10**7, 10**7))
    z = stats.norm.ppf(0.975)
    p = (60 + z**2 / 2) / (200 + z**2)
    half = z * math.sqrt(p * (1 - p) / (200 + z**2))
    assert (corrected.value, corrected.low, corrected.high) == pytest.approx(
        (0.3, p - half, p + half), abs=1e-5
    )


def test_worse_judges_leave_wider_intervals() -> None:
    corrected = [rogan_gladen(0.4, 200, skill(right, 60, right, 60)) for right in (60, 54, 48, 42)]
    widths = [one.high - one.low for one in corrected]
    assert widths == sorted(widths)


def test_difference_joins_intervals() -> None:
    found = difference(Interval(0.9, 0.8, 0.95), Interval(0.7, 0.6, 0.9))
    assert found.value == pytest.approx(0.2)
    assert found.low == pytest.approx(0.2 - math.hypot(0.1, 0.2))
    assert found.high == pytest.approx(0.2 + math.hypot(0.05, 0.1))


def test_label_bias() -> None:
    """A judge that always takes the first label takes it half more often than half the time."""
    assert label_bias(40, 0, 40).value == 0.5
    assert label_bias(0, 40, 40).value == -0.5
    assert label_bias(3, 3, 40).value == 0
    assert label_bias(3, 3, 40).low < 0 < label_bias(3, 3, 40).high
    assert math.isnan(label_bias(0, 0, 0).value)
    assert math.isnan(label_bias(1, 0, 1).value), "one case is no bias"
