"""Estimates as metrics: no standard error is 0, and one cluster shows no bias."""

from __future__ import annotations

import math

import numpy as np

from fiduciary.economics.inference import mean
from fiduciary.scorers.metrics.clustered import bias, with_error


def test_clusters_that_agree_are_counted_in_place_of_an_error() -> None:
    found = with_error("missing", mean([0.0] * 7))
    assert found["missing"] == 0 and math.isnan(found["missing_stderr"]) and found["missing_alike"] == 7
    assert set(with_error("missing", mean([0.0, 1.0]))) == {"missing", "missing_stderr"}
    assert set(with_error("missing", mean([0.0]))) == {"missing", "missing_stderr"}


def test_one_answer_is_no_bias() -> None:
    assert all(math.isnan(x) for x in bias("first_excess", mean([0.5])).values())
    two = bias("first_excess", mean([0.5, 0.25]))
    assert two["first_excess"] == 0.375 and np.isfinite(two["first_excess_stderr"])
