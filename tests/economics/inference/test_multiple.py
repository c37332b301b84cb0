"""Holm and Benjamini–Hochberg: by hand, and by what they must keep to."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.inference import benjamini_hochberg, holm, holm_by_name

P = st.lists(st.one_of(st.floats(0, 1), st.just(math.nan)), max_size=20)


def test_holm_by_hand() -> None:
    """.01·4, .02·3, .03·2 (no less than before), .9·1."""
    assert holm([0.03, 0.01, 0.9, 0.02]) == pytest.approx([0.06, 0.04, 0.9, 0.06])


def test_benjamini_hochberg_by_hand() -> None:
    """.01·4/1, .02·4/2, .03·4/3 all come to .04; .9·4/4."""
    assert benjamini_hochberg([0.03, 0.01, 0.9, 0.02]) == pytest.approx([0.04, 0.04, 0.9, 0.04])


def test_wrights_example() -> None:
    """Four p-values and Holm's answer as statsmodels and R's p.adjust print them."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert benjamini_hochberg([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.02, 0.04, 0.04, 0.02])


def test_holm_by_name_keeps_names_and_passes_over_nan() -> None:
    found = holm_by_name({"c": 0.03, "none": math.nan, "a": 0.01, "d": 0.9, "b": 0.02})
    assert list(found) == ["c", "none", "a", "d", "b"] and math.isnan(found.pop("none"))
    assert found == pytest.approx({"a": 0.04, "b": 0.06, "c": 0.06, "d": 0.9})
    assert holm_by_name({}) == {} and holm_by_name({"a": 0.8, "b": 0.7}) == {"a": 1.0, "b": 1.0}


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
@given(p=P)
def test_nan_stays_and_does_not_count(adjust, p: list[float]) -> None:  # type: ignore[no-untyped-def]
    found, tested = adjust(p), [one for one in p if not math.isnan(one)]
    assert np.array_equal(np.isnan(found), np.isnan(np.array(p)))
    np.testing.assert_array_equal(found[~np.isnan(found)], adjust(tested))


@given(p=P)
def test_what_both_keep_to(p: list[float]) -> None:
    """Never below the p-value, never above 1, in the same order; Holm's is the larger."""
    given_, strict, lax = np.array(p), holm(p), benjamini_hochberg(p)
    tested = ~np.isnan(given_)
    for found in (strict, lax):
        assert np.all(found[tested] >= given_[tested] - 1e-12) and np.all(found[tested] <= 1)
        assert np.all(np.diff(found[tested][np.argsort(given_[tested], kind="stable")]) >= -1e-12)
    assert np.all(strict[tested] >= lax[tested] - 1e-12)


@given(p=P.filter(lambda p: any(not math.isnan(one) for one in p)))
def test_holm_rejects_by_stepping_down(p: list[float]) -> None:
    """Reject the smallest while p_(k) ≤ α/(m − k + 1): the same hypotheses as adjusted p ≤ α."""
    tested, alpha = sorted(one for one in p if not math.isnan(one)), 0.05
    rejected = 0
    while rejected < len(tested) and tested[rejected] * (len(tested) - rejected) <= alpha:
        rejected += 1
    assert np.sum(holm(p) <= alpha) == rejected


def test_holm_keeps_its_level_under_true_nulls() -> None:
    p = np.random.default_rng(0).uniform(size=(4000, 6))
    assert np.mean([(holm(one) <= 0.05).any() for one in p]) == pytest.approx(0.05, abs=0.011)
